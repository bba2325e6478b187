/** Calls for help now: one's own, as it goes its way to staff, and the alarm until one of them has seen it. */
import { computed, effect } from "@preact/signals";
import { dropped, isStaff, myHelp, openHelp, serverNow_ms } from "./derived";
import { soundHelp } from "./sounds";
import { store } from "./store";

/** A call that nobody has answered for so long is not left to the screen alone. */
const UNANSWERED_AFTER_MS = 30_000;
const ALARM_EVERY_MS = 5000;

/** Whether this person's call is being sent, or is open. */
export const helpNow = computed(() => store.helpSending.value === "now" || myHelp.value?.kind === "now");

/** The call is with the staff, and none of them has said that they saw it. */
export const helpUnanswered = computed(() => {
  const call = myHelp.value;
  if (call?.kind !== "now" || call.seen_at !== null) return false;
  return serverNow_ms.value - Date.parse(call.called_at) > UNANSWERED_AFTER_MS;
});

/** The page had to leave the class with a call that was not sent yet, or was about to be. */
export const helpLeftUntold = computed(
  () =>
    !["joining", "joined", "left"].includes(store.phase.value) &&
    (store.helpSending.value !== null || store.dialog.value === "help"),
);

/** Staff only: somebody calls, and nobody has said that they saw it. */
const alarmed = computed(
  () =>
    isStaff.value &&
    store.phase.value === "joined" &&
    openHelp.value.some((call) => call.kind === "now" && call.seen_at === null),
);

/** Sounds again and again until one of the staff has seen the call, and once for each patient who is lost. */
export function soundAlarms(): () => void {
  const endCalls = effect(() => {
    if (!alarmed.value) return;
    const again = setInterval(soundHelp, ALARM_EVERY_MS);
    return () => clearInterval(again);
  });
  let known = new Set<string>();
  const endLosses = effect(() => {
    const lost = isStaff.value ? dropped.value.map((one) => one.person) : [];
    if (lost.some((id) => !known.has(id))) soundHelp();
    known = new Set(lost);
  });
  return () => {
    endCalls();
    endLosses();
  };
}
