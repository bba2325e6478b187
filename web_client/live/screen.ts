/** The device's screen: kept awake in class, its title, and the height that the keyboard leaves. */
import { effect } from "@preact/signals";
import { inClass } from "./derived";
import { store } from "./store";

/** A phone with its keyboard up, or a page enlarged two times and more. */
const SHORT_PX = 520;
/** A page enlarged four times. */
const TINY_PX = 340;

/** A sleeping tablet must not look like a fall. */
export function keepAwakeInClass(): void {
  let lock: WakeLockSentinel | null = null;
  const hold = async () => {
    if (!inClass.peek() || document.visibilityState !== "visible" || (lock && !lock.released)) return;
    lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
  };
  document.addEventListener("visibilitychange", () => void hold());
  effect(() => {
    if (inClass.value) void hold();
    else void lock?.release();
  });
}

/** The tab's title says where the person is, for those who look at another window while they wait. */
export function followTitle(): void {
  effect(() => {
    const name = store.config.value.service_name;
    const place = store.me.value?.place;
    document.title = `${titleOf(place)} – ${name}`;
  });
}

function titleOf(place: string | undefined): string {
  const phase = store.phase.value;
  if (phase === "ended") return "Class has finished";
  if (phase === "left") return "You have left the class";
  if (phase === "turned_away") return "Not in class today";
  if (phase !== "joined") return "Join class";
  if (place === "waiting") return store.me.value?.told ? "Message from staff" : "Waiting room";
  return "You are in class";
}

/** Gives the styles the height that is really free, so that no control lies under a keyboard. */
export function followHeight(): void {
  const view = window.visualViewport;
  const measure = () => {
    const height = Math.round(view?.height ?? window.innerHeight);
    const root = document.documentElement;
    root.style.setProperty("--free-height", `${height}px`);
    root.style.setProperty("--free-top", `${Math.round(view?.offsetTop ?? 0)}px`);
    store.room_px.value = { width: window.innerWidth, height };
    root.classList.toggle("is-short", height < SHORT_PX);
    root.classList.toggle("is-tiny", height < TINY_PX);
  };
  view?.addEventListener("resize", measure);
  view?.addEventListener("scroll", measure);
  window.addEventListener("resize", measure);
  measure();
}
