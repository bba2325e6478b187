/** What follows from the store: who is on stage, what is unread, whether the line is in trouble. */
import { computed } from "@preact/signals";
import type {
  CheckInView,
  HelpView,
  LineView,
  PersonView,
  PlaceName,
  QuestionView,
  SideViewName,
  UnaccountedView,
} from "./protocol";
import { store } from "./store";

/** A socket away for this long without pictures counts as lost. */
const SOCKET_GRACE_MS = 3000;
/** Media lost for less than this is not shown: a new negotiation takes about a quarter of it. */
const MEDIA_GRACE_MS = 1000;
/** After this long without a line, staff have been told. */
const TOLD_AFTER_MS = 10_000;

/** After this long the server's absence needs other words than "in a moment". */
const UPDATING_LONG_MS = 30_000;
/** A device's clock that is wrong by less is not spoken of. */
const CLOCK_OFF_MS = 2 * 60_000;

/**
 * none; still seen and heard while signalling is away, of itself or because the server said so; lost; or lost
 * long enough that staff act.
 */
export type Trouble = "none" | "signalling" | "updating" | "lost" | "told";

export const isStaff = computed(() => {
  const role = store.me.value?.role;
  return role === "physio" || role === "helper";
});

export const inClass = computed(() => {
  const place = store.me.value?.place;
  return store.phase.value === "joined" && (place === "in_class" || place === "dropped");
});

/** How long the line has been lost, in ms; null while it is not. */
export const lostFor_ms = computed(() => {
  if (!inClass.value || store.media.value === "connected") return null;
  const now = store.now.value;
  const media = store.mediaLostSince.value;
  if (media !== null && now - media >= MEDIA_GRACE_MS) return now - media;
  const socket = store.socketDownSince.value;
  if (socket !== null && now - socket >= SOCKET_GRACE_MS) return now - socket;
  return null;
});

export const trouble = computed<Trouble>(() => {
  const lost = lostFor_ms.value;
  if (lost !== null) return lost >= TOLD_AFTER_MS ? "told" : "lost";
  if (store.updatingSince.value !== null && store.phase.value === "joined") return "updating";
  const down = store.socketDownSince.value;
  const away = inClass.value && down !== null && store.now.value - down >= SOCKET_GRACE_MS;
  return away ? "signalling" : "none";
});

/** How somebody's connection is; null: good, or we are not told. */
export function lineOf(id: string | undefined): LineView | null {
  const line = id === undefined ? undefined : store.lines.value.get(id);
  return line && (line.level !== "good" || line.sound_only) ? line : null;
}

const toldOwnLine = computed(() => lineOf(store.me.value?.id));

/** The person has turned the pictures off. Staff cannot: they must see the group. */
export const choseSoundOnly = computed(() => store.soundOnly.value && !isStaff.value);

/** No picture gets through. What is told of the line lags behind: a picture that moves is there. */
export const picturesWithheld = computed(
  () => (toldOwnLine.value?.sound_only ?? false) && !store.stageMoves.value,
);

/** How the own connection is, sound only as far as it is seen to be; null: good. */
export const ownLine = computed<LineView | null>(() => {
  const line = toldOwnLine.value && { ...toldOwnLine.value, sound_only: picturesWithheld.value };
  return line && (line.level !== "good" || line.sound_only) ? line : null;
});

/** Nothing is seen of the class: the line is too slow, or the person has chosen so. */
export const picturesOff = computed(() => choseSoundOnly.value || picturesWithheld.value);

/** The update takes longer than a restart does. */
export const updatingLong = computed(() => {
  const since = store.updatingSince.value;
  return since !== null && store.now.value - since >= UPDATING_LONG_MS;
});

/** What is asked for now cannot reach anybody. */
export const outOfReach = computed(
  () => store.phase.value === "joined" && (!store.socketUp.value || store.updatingSince.value !== null),
);

/** A call for help is on its way and has not arrived: the telephone may be quicker. */
export const helpUntold = computed(
  () => store.helpSending.value !== null && (store.helpUntold.value || outOfReach.value),
);

/** By how much the device's clock is fast, in ms (slow: less than zero); null while it is about right. */
export const clockFastBy_ms = computed(() => {
  const fast_ms = -store.clockOffset_ms.value;
  return store.facts.value !== null && Math.abs(fast_ms) > CLOCK_OFF_MS ? fast_ms : null;
});

export const staffHere = computed(() =>
  [...store.people.value.values()].filter(
    (one) => one.role !== "patient" && one.id !== store.me.value?.id && one.place !== "left",
  ),
);

/** The staff who can act now: in class, with a line that holds. */
export const staffOnCall = computed(() => staffHere.value.filter((one) => one.place === "in_class"));

export const patients = computed(() =>
  [...store.people.value.values()].filter((one) => one.role === "patient"),
);

export const waiting = computed(() =>
  patients.value
    .filter((one) => one.place === "waiting")
    .sort((a, b) => a.place_since.localeCompare(b.place_since)),
);

/** The seat whose picture is shown large: as long as its patient is in class, or a form about the patient is open. */
export const largeSeat = computed(() => {
  const seat = store.selectedSeat.value;
  const stays = (one: PersonView) => one.place === "in_class" || one.id === store.formFor.value;
  return patients.value.some((one) => one.seat === seat && stays(one)) ? seat : null;
});

/** How somebody's check-in stands; null where nobody checks in. */
export const checkInOf = (id: string): CheckInView | null => store.checkIns.value.get(id) ?? null;

const MAY_COME_IN: readonly CheckInView["state"][] = ["ready", "allowed"];

/** Whether staff may let this person in, as far as the check-in goes: with a partner beside, both. */
export function isCleared(id: string): boolean {
  const own = checkInOf(id);
  if (own === null) return true;
  const partner = own.together_with === null ? null : checkInOf(own.together_with);
  return MAY_COME_IN.includes(own.state) && (partner === null || MAY_COME_IN.includes(partner.state));
}

/** Who waits and may be let in. */
export const readyToComeIn = computed(() => waiting.value.filter((one) => isCleared(one.id)));

/** Who was told at check-in to get help at once, here or not, until the physio has decided. */
export const redFlags = computed(() =>
  [...store.checkIns.value.values()].filter((one) => one.state === "red_flag"),
);

/** Who sits in front of one device with this patient today; null: nobody, as far as was said. */
export function besideOf(id: string): CheckInView | null {
  const named = checkInOf(id)?.together_with ?? null;
  if (named !== null) return checkInOf(named);
  return [...store.checkIns.value.values()].find((one) => one.together_with === id) ?? null;
}

/** Where a patient is, alone or beside somebody; null: has not come, or has left. */
export function whereIs(id: string): Exclude<PlaceName, "left"> | null {
  const beside = besideOf(id)?.person;
  for (const one of beside === undefined ? [id] : [id, beside]) {
    const place = store.people.value.get(one)?.place;
    if (place !== undefined && place !== "left") return place;
  }
  return null;
}

/** The gravest first. */
const TO_ACT_ON: readonly CheckInView["state"][] = ["red_flag", "held", "refused"];
const gravity = (one: CheckInView) => TO_ACT_ON.indexOf(one.state);

/** What staff must act on of this patient, or of who sits beside: the gravest; null: nothing. */
export function concernOf(id: string): CheckInView | null {
  const both = [checkInOf(id), besideOf(id)].filter((one) => one !== null && gravity(one) >= 0);
  return (both as CheckInView[]).sort((a, b) => gravity(a) - gravity(b))[0] ?? null;
}

/** Who is in class now although the check-in stands against it, until the physio has decided. */
export const flaggedInClass = computed(() =>
  [...store.checkIns.value.values()]
    .filter((one) => gravity(one) >= 0 && whereIs(one.person) === "in_class")
    .sort((a, b) => gravity(a) - gravity(b)),
);

/** Red flags of people who are not in the waiting room, where they stand with those who wait. */
export const redFlagsElsewhere = computed(() =>
  redFlags.value.filter((one) => whereIs(one.person) !== "waiting"),
);

/** Who is gone without having left, wherever she was last, the latest first, until staff have said what they did. */
export const dropped = computed(() => [...(store.facts.value?.unaccounted ?? [])].sort(lostInOrder));

/** Who was lost last comes first. */
export function lostInOrder(a: UnaccountedView, b: UnaccountedView): number {
  return b.since.localeCompare(a.since);
}

/** Who leads the class, for sentences; the presenter when there is one. */
export const lead = computed<PersonView | null>(() => {
  const presenter = store.facts.value?.presenter;
  const byId = presenter ? store.people.value.get(presenter) : undefined;
  const others = staffHere.value;
  return byId ?? others.find((one) => one.role === "physio") ?? others[0] ?? null;
});

/** With whom this patient talks in a side room, for sentences. */
export const asideWith = computed(() => {
  const other = store.me.value?.aside_with;
  return (other && store.people.value.get(other)?.name) || "your physio";
});

/** Of the staff who would be on the stage, who talks with somebody in a side room meanwhile; null: nobody. */
export const leadAside = computed(() =>
  store.facts.value?.presenter ? null : (staffOnCall.value.find((one) => one.aside) ?? null),
);

/** What the slot `side` carries: a patient whom everyone sees, what staff show, or one more of staff. */
export const sideIs = computed<"spotlight" | SideViewName | "colleague" | null>(() => {
  const person = personInSlot("side");
  if (!person) return null;
  if (person.role === "patient") return "spotlight";
  return person.side_view ?? "colleague";
});

/** Everyone sees this patient large. */
export const inSpotlight = computed(
  () => store.me.value !== null && store.facts.value?.spotlight === store.me.value.id,
);

export const openHelp = computed(() =>
  [...store.help.value.values()].filter((one) => one.settled_at === null).sort(callsInOrder),
);

export function callsInOrder(a: HelpView, b: HelpView): number {
  return a.called_at.localeCompare(b.called_at);
}

export const myHelp = computed<HelpView | null>(
  () => openHelp.value.find((one) => one.person === store.me.value?.id) ?? null,
);

const RANK: Record<QuestionView["state"], number> = {
  answering: 0,
  waiting: 1,
  answered_live: 2,
  answered_in_writing: 2,
  set_aside: 3,
};

/** Being answered first, then waiting by votes and age, then answered. */
export const sortedQuestions = computed(() =>
  [...store.questions.value.values()].sort(
    (a, b) =>
      RANK[a.state] - RANK[b.state] ||
      Number(b.pinned) - Number(a.pinned) ||
      (a.state === "waiting" ? b.votes - a.votes : 0) ||
      a.asked_at.localeCompare(b.asked_at),
  ),
);

export const openQuestions = computed(() => sortedQuestions.value.filter((one) => RANK[one.state] < 2));

/** How many messages others have written since this person last looked, as far as the page has them. */
export const unread = computed(() => {
  const seen = store.facts.value?.chat_seen ?? null;
  let count = 0;
  for (let at = store.chat.value.length - 1; at >= 0; at--) {
    const one = store.chat.value[at];
    if (!one || one.id === seen) break;
    if (!one.mine && !one.hidden) count++;
  }
  return count;
});

/** The person in a slot, when the server has told who it is. */
export function personInSlot(slot: string): PersonView | null {
  const id = store.slots.value[slot];
  return (id && store.people.value.get(id)) || null;
}

/** The server's time now, in ms since 1970. */
export const serverNow_ms = computed(() => store.now.value + store.clockOffset_ms.value);
