/** Brings the store into a known state, as the server would. */
import { batch } from "@preact/signals";
import { classView } from "../dev/fixture";
import { applyClass } from "../live/apply";
import type { ClassView, Role } from "../live/protocol";
import { type Store, store } from "../live/store";

const AT_FIRST = Object.fromEntries(Object.entries(store).map(([name, one]) => [name, one.peek()]));

/** The store as it is before anything has come. */
export function forgetAll(): void {
  batch(() => {
    for (const [name, value] of Object.entries(AT_FIRST))
      (store[name as keyof Store].value as unknown) = value;
  });
}

/** In class as this person. */
export function inClassAs(me: string, role: Role, change: Partial<ClassView> = {}): void {
  forgetAll();
  applyClass(classView(me, role, change));
  store.phase.value = "joined";
  store.socketUp.value = true;
  store.media.value = "connected";
}
