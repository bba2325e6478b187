/** How large each picture is shown on this screen, so that no larger one is sent than can be seen. */
import { store } from "../store";

/** What the server takes; more than any screen shows of one person. */
const MOST_LINES = 4320;
/** A pixel more or less is no change to tell of. */
const STEP_LINES = 8;

const slotOf = new WeakMap<Element, string>();
const visible = new WeakSet<Element>();

let observers: { readonly view: IntersectionObserver; readonly size: ResizeObserver } | null = null;

/** Follows the size of a slot's picture; gives a function that stops. */
export function followPicture(slot: string, element: HTMLVideoElement): () => void {
  const { view, size } = observe();
  slotOf.set(element, slot);
  put(slot, null);
  view.observe(element);
  size.observe(element);
  // A phone that is turned sends a picture that stands upright.
  const turned = () => known(element) && measure(element);
  element.addEventListener("resize", turned);
  return () => {
    view.unobserve(element);
    size.unobserve(element);
    element.removeEventListener("resize", turned);
    slotOf.delete(element);
    const rest = new Map(store.shown.peek());
    rest.delete(slot);
    store.shown.value = rest;
  };
}

/** The shorter side of a picture that is fitted into a box, in device pixels: layers are named after it. */
export function linesIn(box: { width: number; height: number }, upright: boolean, ratio: number): number {
  const [long, short] = upright ? [box.height, box.width] : [box.width, box.height];
  const lines = Math.min(short, (long * 9) / 16) * ratio;
  return Math.min(Math.ceil(lines / STEP_LINES) * STEP_LINES, MOST_LINES);
}

function observe() {
  observers ??= {
    view: new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) visible.add(target);
        else visible.delete(target);
        measure(target as HTMLVideoElement);
      }
    }),
    size: new ResizeObserver((entries) => {
      for (const { target } of entries) if (known(target)) measure(target as HTMLVideoElement);
    }),
  };
  return observers;
}

function known(element: Element): boolean {
  const slot = slotOf.get(element);
  return slot !== undefined && store.shown.peek().get(slot) !== null;
}

function measure(element: HTMLVideoElement): void {
  const slot = slotOf.get(element);
  if (slot === undefined) return;
  const box = { width: element.clientWidth, height: element.clientHeight };
  const upright = element.videoHeight > element.videoWidth;
  put(slot, visible.has(element) ? linesIn(box, upright, window.devicePixelRatio || 1) : 0);
}

function put(slot: string, lines: number | null): void {
  if (store.shown.peek().get(slot) === lines) return;
  store.shown.value = new Map(store.shown.peek()).set(slot, lines);
}
