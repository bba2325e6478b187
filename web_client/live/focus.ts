/**
 * Keeps the keyboard's place. When what had the focus goes away (a page of the class gives way to the next,
 * a card is settled, the drawer is closed), the focus moves to the same control on the new page, or to the
 * nearest part that is still there; never to the top of everything, and never onto another button.
 */

/** Starts following the focus inside `root`. */
export function followFocus(root: HTMLElement): void {
  let last: HTMLElement | null = null;
  let around: readonly HTMLElement[] = [];
  root.addEventListener("focusin", (event) => {
    if (!(event.target instanceof HTMLElement)) return;
    last = event.target;
    around = ancestors(last, root);
  });
  const restore = () => {
    if (last === null || last.isConnected) return;
    const held = document.activeElement;
    if (held !== null && held !== document.body) return;
    const label = labelOf(last);
    last = null;
    (controlNamed(root, label) ?? nearestPart(around, root))?.focus({ preventScroll: true });
  };
  new MutationObserver(restore).observe(root, { childList: true, subtree: true });
}

/** From the nearest to the farthest, without `root` itself. */
function ancestors(from: HTMLElement, root: HTMLElement): readonly HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let one = from.parentElement; one && one !== root; one = one.parentElement) found.push(one);
  return found;
}

const labelOf = (element: HTMLElement): string =>
  element.querySelector(".control-label")?.textContent ?? element.dataset.returns ?? "";

function controlNamed(root: HTMLElement, label: string): HTMLElement | null {
  if (label === "") return null;
  const controls = [...root.querySelectorAll<HTMLElement>(".control")];
  return controls.find((one) => labelOf(one) === label) ?? null;
}

/** A part of the page can take the focus without being a stop of the Tab key. */
function nearestPart(around: readonly HTMLElement[], root: HTMLElement): HTMLElement | null {
  const part = around.find((one) => one.isConnected) ?? root.querySelector<HTMLElement>("main");
  if (part && !part.hasAttribute("tabindex")) part.tabIndex = -1;
  return part;
}
