/** What follows from the store for staff: who leads, who is aside, what can be taken back. */
import { computed } from "@preact/signals";
import { isStaff, openHelp, patients, serverNow_ms, staffHere, staffOnCall } from "./derived";
import type { PersonView } from "./protocol";
import { store } from "./store";

/** What "Undo" would take back now; null: nothing, or too late. */
export const undoNow = computed(() => {
  const last = store.facts.value?.undo ?? null;
  return last && serverNow_ms.value < Date.parse(last.until) ? last : null;
});

/** The patient with whom this member of staff is in a side room. */
export const asideWithMe = computed<PersonView | null>(() => {
  const other = store.me.value?.aside_with;
  return (other && store.people.value.get(other)) || null;
});

/** Whether patients would be left with nobody of staff who hears them, were this one taken aside. */
export function leavesGroupAlone(person: string): boolean {
  const others = patients.value.some((one) => one.id !== person && one.place === "in_class" && !one.aside);
  return others && !staffOnCall.value.some((one) => !one.aside);
}

/** Who of the others of staff is aside, and with whom. */
export const asideOthers = computed(() =>
  staffHere.value
    .filter((one) => one.aside)
    .map((staff) => ({ staff, patient: store.people.value.get(staff.aside_with ?? "") ?? null })),
);

export const handsUp = computed(() => patients.value.filter((one) => one.hand !== null));

/** Who helps the one who leads: named beside the class. */
export const watching = computed(
  () =>
    staffHere.value.find(
      (one) => one.role === "helper" && one.place === "in_class" && one.id !== store.facts.value?.leader,
    ) ?? null,
);

/** Nobody of staff is on the group's stage. */
export const stageIsEmpty = computed(() => {
  const facts = store.facts.value;
  return facts !== null && facts.presenter === null && !facts.ended;
});

/** This helper leads, because the physio is not there. */
export const leadsInstead = computed(() => {
  const me = store.me.value;
  return me?.role === "helper" && store.facts.value?.leader === me.id;
});

/** Who may end the class and make it longer: a physio, or the helper who leads. */
export const mayEnd = computed(() => store.me.value?.role === "physio" || leadsInstead.value);

/** Calls for help now of which nobody has said what was done. */
export const callsNow = computed(() => openHelp.value.filter((call) => call.kind === "now"));

/** Nobody else of staff is in class, and somebody may need them: they do not leave, they end the class. */
export const isLastOfStaff = computed(() => {
  if (!isStaff.value || staffOnCall.value.length > 0) return false;
  const lost = store.facts.value?.unaccounted.length ?? 0;
  return patients.value.some((one) => one.place === "in_class") || lost + callsNow.value.length > 0;
});

/** What was last asked of everyone, while it can be answered. */
export const openPulse = computed(() => {
  const pulse = store.facts.value?.pulse ?? null;
  return pulse?.closed_at === null ? pulse : null;
});

/** What stands on a patient's tile of what was last asked of everyone. */
export interface PulseMark {
  readonly words: string;
  /** Where there is little room. */
  readonly short: string;
  /** How much it is: of pain and effort 6 and 7 are to be noticed, 8 and more to be acted on. */
  readonly level: "none" | "low" | "mid" | "high";
}

/** null: nothing was asked, or this patient was not in class then. */
export function pulseMarkOf(id: string): PulseMark | null {
  const pulse = store.facts.value?.pulse ?? null;
  if (pulse === null) return null;
  const value = pulse.values[id];
  if (value === undefined) {
    return pulse.missing.includes(id) ? { words: "No answer", short: "?", level: "none" } : null;
  }
  if (pulse.kind === "poll") {
    const words = pulse.options[value] ?? "";
    return { words, short: words, level: "none" };
  }
  const level = value >= 8 ? "high" : value >= 6 ? "mid" : "low";
  return { words: `${pulse.kind === "pain" ? "Pain" : "Effort"} ${value}`, short: String(value), level };
}
