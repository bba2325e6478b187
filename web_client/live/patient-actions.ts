/** What a patient can do in class beside microphone, camera, questions and chat. Views call these. */
import { attempt, closeDialog, WRITTEN } from "./actions";
import { say } from "./notices";
import type { SignalKind } from "./protocol";
import { request } from "./requests";
import { store } from "./store";

const AGAIN_MS = 1000;

// ---- who can see me

/**
 * Lets the group see one, or staff only. To be hidden is asked for until it is done: meanwhile the page sends no
 * picture to anybody (`own-media.ts`).
 */
export async function showMe(to_group: boolean): Promise<void> {
  closeDialog();
  if (to_group) {
    store.hiding.value = false;
    await attempt(request("me:show", { to_group }, WRITTEN));
    return;
  }
  store.hiding.value = true;
  while (store.hiding.peek() && store.phase.peek() === "joined") {
    try {
      await request("me:show", { to_group }, { timeout_ms: 5000 });
      say("Only staff can see you now.");
      break;
    } catch {
      // Whatever the reason: until it is done, she is shown to nobody.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  store.hiding.value = false;
}

// ---- hand, and short signs

export async function toggleHand(): Promise<void> {
  const raised = (store.me.peek()?.hand ?? null) === null;
  await attempt(request("hand:raise", { raised }, WRITTEN));
}

export async function sendSignal(kind: SignalKind): Promise<void> {
  closeDialog();
  await attempt(request("signal:send", { kind }, WRITTEN));
}

// ---- side room

export async function endAside(): Promise<void> {
  await attempt(request("aside:end", {}, WRITTEN));
}

// ---- how it is going

/** Gives what went wrong in words, or null. */
export async function answerPulse(pulse: string, value: number): Promise<void> {
  closeDialog();
  await attempt(request("pulse:answer", { pulse, value }, WRITTEN));
}
