/** The parts of a session: which one is playing, and the list in which each can be chosen. */
import type { Part } from "./config";
import { make } from "./make";

/** The place in the list of the part that plays at `ms`; -1 before the first. */
export function partAt(parts: readonly Part[], ms: number): number {
  const next = parts.findIndex((one) => one.start_ms > ms);
  return (next === -1 ? parts.length : next) - 1;
}

/** How much of the part that begins at `startMs` and ends at `endMs` lies before `ms`: 0 to 1. */
export function shareBefore(startMs: number, endMs: number, ms: number): number {
  if (endMs <= startMs) return ms >= endMs ? 1 : 0;
  return Math.min(Math.max((ms - startMs) / (endMs - startMs), 0), 1);
}

/** Makes the list that the server wrote one of buttons; returns what marks the part that plays at `ms`. */
export function partsList(
  list: HTMLElement,
  parts: readonly Part[],
  choose: (startMs: number) => void,
): (ms: number) => void {
  const buttons = [...list.children].slice(0, parts.length).map((item, index) => {
    const one = make("button", { type: "button", class: "mr-parts__button" }, ...linesOf(item));
    one.addEventListener("click", () => choose(parts[index]?.start_ms ?? 0));
    item.replaceChildren(one);
    return one;
  });
  return (ms) => {
    const now = partAt(parts, ms);
    for (const [index, one] of buttons.entries()) {
      if (index === now) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
  };
}

/** What the server wrote into the item, without the element that lays it out. */
function linesOf(item: Element): Node[] {
  return [...(item.firstElementChild ?? item).childNodes];
}
