/**
 * Keeps the keyboard's place. When what had the focus goes away (a page of the class gives way to the next, a
 * card is settled, a form or the drawer is closed), the focus moves to the same control on the new page, to what
 * had opened that form, or to the nearest part that is still there; never to the top of everything, and never
 * onto another button.
 */

/** Where the keyboard was: the element, what stood around it (nearest first), and its words. */
interface Stop {
  readonly element: HTMLElement;
  readonly around: readonly HTMLElement[];
  readonly words: string;
}

/** More than is pressed on the way through a dialog. */
const KEPT = 40;

/** Starts following the focus inside `root`. */
export function followFocus(root: HTMLElement): void {
  let stops: readonly Stop[] = [];
  const gone = new WentAway();
  root.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    if (stops[0]) gone.note(stops[0]);
    stops = [stopAt(target, root), ...stops.slice(0, KEPT)];
  });
  const restore = (changes: readonly MutationRecord[]) => {
    const last = stops[0];
    const held = document.activeElement;
    if (!last || (held !== null && held !== document.body)) return;
    if (last.element.isConnected) {
      // Moved, as in a list that is put in another order: the browser lets go of the focus then.
      if (changes.some(({ removedNodes }) => holds(removedNodes, last.element))) last.element.focus();
      return;
    }
    const part = nearestPart(stops) ?? root.querySelector<HTMLElement>("main");
    gone.note(last);
    const control =
      controlNamed(root, nameOf(last)) ?? (part && (folded(part, changes) ?? gone.anewIn(part)));
    if (control) control.focus();
    else if (part) focusPart(part);
    if (stops[0] === last) stops = [];
  };
  const watched = { childList: true, subtree: true, attributeFilter: ["aria-expanded"] };
  new MutationObserver(restore).observe(root, watched);
}

function stopAt(element: HTMLElement, root: HTMLElement): Stop {
  const around: HTMLElement[] = [];
  for (let one = element.parentElement; one && one !== root; one = one.parentElement) around.push(one);
  return { element, around, words: wordsOf(element) };
}

/** Of what went away as a whole, the words of the control that had opened it; else its own. */
const nameOf = ({ element, around, words }: Stop): string =>
  [element, ...around].find((one) => !one.isConnected && one.dataset.returns)?.dataset.returns ?? words;

const wordsOf = (element: HTMLElement): string =>
  element.querySelector(".control-label")?.textContent ?? element.dataset.returns ?? element.textContent;

const holds = (nodes: NodeList, element: HTMLElement): boolean =>
  [...nodes].some((one) => one.contains(element));

function controlNamed(root: HTMLElement, words: string): HTMLElement | null {
  if (words === "") return null;
  const controls = [...root.querySelectorAll<HTMLElement>(".control, .staff-button")];
  return controls.find((one) => wordsOf(one) === words) ?? null;
}

/** Around what had the focus last; where that is gone altogether (a dialog), around what had it before. */
function nearestPart(stops: readonly Stop[]): HTMLElement | null {
  for (const { around } of stops) {
    const part = around.find((one) => one.isConnected && one.offsetHeight > 0);
    if (part) return part;
  }
  return null;
}

/** The button in that part which has closed just now what it had opened. */
function folded(part: HTMLElement, changes: readonly MutationRecord[]): HTMLElement | null {
  const turned = changes.map(({ type, target }) => (type === "attributes" ? target : null));
  const buttons = part.querySelectorAll<HTMLElement>('[aria-expanded="false"]');
  return [...buttons].find((one) => turned.includes(one)) ?? null;
}

/** What had the focus and made room, as a button for the form that it opens: it may be drawn anew. */
class WentAway {
  /** The words of what went, the latest first, by the nearest part that stayed. */
  private readonly words = new WeakMap<HTMLElement, readonly string[]>();

  note(stop: Stop): void {
    const part = stop.element.isConnected ? null : nearestPart([stop]);
    if (part) this.words.set(part, [stop.words, ...this.in(part)].slice(0, KEPT));
  }

  anewIn(part: HTMLElement): HTMLElement | null {
    const buttons = [...part.querySelectorAll<HTMLElement>("button")];
    const named = (words: string) => buttons.find((one) => wordsOf(one) === words);
    return this.in(part).map(named).find(Boolean) ?? null;
  }

  private in(part: HTMLElement): readonly string[] {
    return this.words.get(part) ?? [];
  }
}

/** A part of the page can take the focus without being a stop of the Tab key. */
function focusPart(part: HTMLElement): void {
  if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
  part.focus({ preventScroll: true });
}
