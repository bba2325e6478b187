/**
 * Leaving. Goodbye is said and camera and microphone are off at once; the server is told until it has it, so that
 * nobody who has left counts as dropped out, unless the page is closed before.
 */
import { batch } from "@preact/signals";
import { forget } from "./door-memory";
import { passes, RefusedError, request } from "./requests";
import { enter, hangUp, stopHearing, stopOwn } from "./session";
import { store } from "./store";

/** For so long the media stay: a connection that ends before the server knows why is a loss. */
const UNTOLD_AFTER_MS = 2000;
const ANSWERED_WITHIN_MS = 8000;
const AGAIN_MS = 1000;
/** Staff have long seen that she is gone; later she may be in class on another device. */
const TRIED_FOR_MS = 60_000;

/** Leaves the class. Done when the server knows, or it is of no use to go on. */
export async function leave(): Promise<void> {
  batch(() => {
    store.dialog.value = null;
    store.drawer.value = null;
    store.leaveUntold.value = false;
    store.phase.value = "left";
  });
  forget(store.config.peek().link);
  stopOwn();
  const late = setTimeout(() => {
    if (store.phase.peek() !== "left") return;
    store.leaveUntold.value = true;
    stopHearing();
  }, UNTOLD_AFTER_MS);
  const outcome = await told();
  if (outcome !== "untold") store.leaveUntold.value = false;
  clearTimeout(late);
  if (store.phase.peek() !== "left") return;
  hangUp();
  if (outcome === "needed") goBack();
}

/** A colleague has gone meanwhile: nobody of staff would be there any more. */
function goBack(): void {
  enter({ ...store.wish.peek() }, store.me.peek()?.role ?? store.config.peek().role ?? "patient");
  store.dialog.value = "leave";
}

/** `needed`: the server does not let the last of staff go. */
async function told(): Promise<"told" | "untold" | "needed"> {
  let going = true;
  const enough = setTimeout(() => {
    going = false;
  }, TRIED_FOR_MS);
  try {
    while (going && store.phase.peek() === "left") {
      try {
        await request("class:leave", {}, { timeout_ms: ANSWERED_WITHIN_MS });
        return "told";
      } catch (error) {
        if (error instanceof RefusedError && error.error.code === "last_staff") return "needed";
        if (error instanceof RefusedError && !passes(error.error)) return "untold";
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    return "untold";
  } finally {
    clearTimeout(enough);
  }
}
