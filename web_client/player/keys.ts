/**
 * Keys of the player, off while typing or choosing from a list. The letters can be switched off, for who
 * presses them by mistake; the space bar and the arrows then still work.
 */

/** What the keys do. */
export interface Actions {
  readonly toggle: () => void;
  readonly step: (ms: number) => void;
  readonly toStart: () => void;
  readonly toEnd: () => void;
  readonly captions: () => void;
  readonly fullScreen: () => void;
  readonly sound: () => void;
  readonly list: () => void;
}

export const STEP_MS = 10_000;
/** On the bar of time the arrows go by less. */
export const FINE_STEP_MS = 5_000;

/** The list of keys, in words. */
export const KEY_WORDS: readonly (readonly [string, string])[] = [
  ["Space or K", "Play or pause"],
  ["Left arrow", "Back 10 seconds (5 on the bar of time)"],
  ["Right arrow", "On 10 seconds (5 on the bar of time)"],
  ["Home", "To the beginning"],
  ["End", "To the end"],
  ["C", "Captions on or off"],
  ["F", "Full screen on or off"],
  ["M", "Sound on or off"],
  ["?", "Show this list"],
];

/** Where the focus is: on a button or link, on the bar of time, in a field or list, or on nothing of these. */
export type Focus = "button" | "bar" | "field" | "page";

type Press = (actions: Actions) => void;

const LETTERS: Readonly<Record<string, Press>> = {
  k: (actions) => actions.toggle(),
  c: (actions) => actions.captions(),
  f: (actions) => actions.fullScreen(),
  m: (actions) => actions.sound(),
  "?": (actions) => actions.list(),
};

/** What a key does with the focus there; null when it is not ours. */
export function meaning(key: string, focus: Focus, lettersOn: boolean): Press | null {
  if (focus === "field") return null;
  if (key === " ") return focus === "button" ? null : (actions) => actions.toggle();
  const step = focus === "bar" ? FINE_STEP_MS : STEP_MS;
  if (key === "ArrowLeft") return (actions) => actions.step(-step);
  if (key === "ArrowRight") return (actions) => actions.step(step);
  if (focus === "bar" && key === "ArrowDown") return (actions) => actions.step(-step);
  if (focus === "bar" && key === "ArrowUp") return (actions) => actions.step(step);
  if (key === "Home") return (actions) => actions.toStart();
  if (key === "End") return (actions) => actions.toEnd();
  return (lettersOn && LETTERS[key.toLowerCase()]) || null;
}

/** Starts listening; `lettersOn` is asked at each key, `blocked` whether a list lies over the player. */
export function listenToKeys(
  page: Document,
  actions: Actions,
  lettersOn: () => boolean,
  blocked: () => boolean,
): void {
  page.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || blocked()) return;
    const press = meaning(event.key, focusOf(event.target), lettersOn());
    if (!press || (event.repeat && !event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    press(actions);
  });
}

function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return "page";
  if (target.matches("input[type=range]")) return "bar";
  if (target.matches("input, textarea, select, [contenteditable]")) return "field";
  return target.matches("button, a, summary") ? "button" : "page";
}
