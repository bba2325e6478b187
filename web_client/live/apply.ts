/** Puts what the server sends into the store, and says what of it the person must notice. */
import { batch, type Signal } from "@preact/signals";
import { takeBack } from "./announced";
import { isStaff, ownLine, staffHere } from "./derived";
import { floorWords } from "./floor-words";
import { say } from "./notices";
import type {
  CardView,
  CheckInView,
  ClassView,
  FloorView,
  HelpView,
  LineView,
  MessageView,
  MeView,
  PersonView,
  PulseView,
  QuestionView,
  ServerEvents,
} from "./protocol";
import { whatBecameOf } from "./question-words";
import { soundHelp, soundLetIn } from "./sounds";
import { type ClassFacts, store } from "./store";
import { capital, namesOf } from "./words";

/** Applies one event of the server; `layers`, `media_restart` and `replaced` are the session's. */
export function apply<E extends keyof ServerEvents>(event: E, view: ServerEvents[E]): void {
  batch(() => APPLY[event]?.(view));
}

type Appliers = { [E in keyof ServerEvents]?: (view: ServerEvents[E]) => void };

const APPLIERS: Appliers = {
  class: applyClass,
  me: applyMe,
  person: applyPerson,
  person_left: ({ id }) => {
    remove(store.people, id);
    remove(store.lines, id);
  },
  here: ({ here, presenter }) => changeFacts({ here, presenter }),
  floor: applyFloor,
  question: applyQuestion,
  question_gone: ({ id }) => remove(store.questions, id),
  message: applyMessage,
  chat: ({ paused, held, seen }) => changeFacts({ chat_paused: paused, chat_held: held, chat_seen: seen }),
  help: applyHelp,
  pulse: applyPulse,
  card: applyCard,
  unaccounted: ({ people }) => changeFacts({ unaccounted: people }),
  slots: ({ slots }) => {
    store.slots.value = slots;
  },
  line: applyLine,
  check_in: applyCheckIn,
};
const APPLY = APPLIERS as Partial<Record<keyof ServerEvents, (view: unknown) => void>>;

/** The whole class at one stroke. */
export function applyClass(view: ClassView): void {
  const { me, people, questions, chat, help, slots, lines, check_ins, ...facts } = view;
  store.facts.value = facts;
  store.clockOffset_ms.value = Date.parse(facts.server_time) - Date.now();
  store.people.value = byId(people);
  store.questions.value = byId(questions);
  store.chat.value = chat;
  const known = store.help.peek();
  store.help.value = byId(help);
  store.slots.value = slots;
  store.lines.value = byId(lines);
  const flagged = store.checkIns.peek();
  store.checkIns.value = new Map(check_ins.map((one) => [one.person, one]));
  applyMe(me);
  if (help.some((one) => isNewCall(one, known)) || check_ins.some((one) => isNewFlag(one, flagged)))
    soundHelp();
  if (facts.ended) store.phase.value = "ended";
}

function applyMe(me: MeView): void {
  const before = store.me.peek();
  store.me.value = me;
  if (before !== null) sayOfAside(me, before);
  if (me.role !== "patient") return;
  if (me.place === "in_class" && (before === null || before.place === "waiting")) {
    // Patients come in muted, whatever was on before.
    store.wish.value = { ...store.wish.peek(), microphone: false };
    say("You are in. Your microphone is off.", "calm", 8000);
    soundLetIn();
  }
  if (me.place === "waiting" && (before?.place === "in_class" || before?.place === "dropped")) {
    // Who waits is heard by nobody, and comes in muted again.
    store.wish.value = { ...store.wish.peek(), microphone: false };
    say("You are back in the waiting room. Staff will speak to you, then let you in.", "calm", 8000);
  }
  if (me.told !== "" && me.told !== (before?.told ?? "") && me.place === "waiting") soundLetIn();
  if (me.place === "in_class") store.wasLetIn.value = true;
  if (before === null) return;
  if (me.place === "in_class") sayOfCamera(me, before);
  if (before.hand !== null && me.hand === null && me.place === "in_class") say("Your hand is down.");
  if (!before.muted_by_staff && me.muted_by_staff) {
    say(`${mutedBy()} muted you for the group. Staff can still hear you.`, "warning", 8000);
  } else if (before.muted_by_staff && !me.muted_by_staff) {
    say(me.microphone_on ? "Everyone can hear you again." : "You can unmute again.");
  }
}

function sayOfCamera(me: MeView, before: MeView): void {
  if (me.camera_stopped === before.camera_stopped) return;
  if (me.camera_stopped) say("Staff have turned your camera off. Nobody can see you.", "warning", 15_000);
  else say("You can turn your camera on again. Press Camera.", "calm", 8000);
}

/** A side room has ended: the group must not hear the rest of the sentence, unless staff ended it themselves. */
function sayOfAside(me: MeView, before: MeView): void {
  if (me.aside || !before.aside) return;
  const ofStaff = me.role !== "patient";
  if (ofStaff && (me.microphone_on || !store.wish.peek().microphone)) return;
  store.wish.value = { ...store.wish.peek(), microphone: false };
  if (me.place !== "in_class") return;
  if (ofStaff) say("You are muted. Press Unmute to speak to the group.", "warning", 15_000);
  else say("You are back with the group. Your microphone is off.", "calm", 8000);
}

/** The server does not tell which of the staff it was. */
function mutedBy(): string {
  const staff = staffHere.peek();
  return `${capital(namesOf(staff, "or"))} ${staff.length === 0 ? "have" : "has"}`;
}

function applyFloor(floor: FloorView): void {
  const [me, before] = [store.me.peek(), store.facts.peek()];
  changeFacts(floor);
  if (!me || !before || me.role !== "patient" || me.place !== "in_class") return;
  const words = floorWords(me.id, before, floor, (id) => store.people.peek().get(id ?? "")?.name ?? null);
  if (words) say(words, "calm", 10_000);
}

function applyPerson(person: PersonView): void {
  put(store.people, person);
}

function applyLine(line: LineView): void {
  const wasBad = ownLine.peek() !== null;
  put(store.lines, line);
  // A connection that is being made anew begins with a good line, and is not back yet.
  const holds = store.media.peek() === "connected" && store.notice.peek()?.tone !== "warning";
  if (wasBad && ownLine.peek() === null && holds) say("Your connection is good again.");
}

function applyQuestion(question: QuestionView): void {
  const before = store.questions.peek().get(question.id);
  put(store.questions, question);
  if (!question.mine || before === undefined) return;
  const words = whatBecameOf(before, question);
  if (words) say(words, "calm", 8000);
}

/** New at the end, or in the place of what it was before. */
function applyMessage(message: MessageView): void {
  const all = store.chat.peek();
  const at = all.findIndex((one) => one.id === message.id);
  const before = all[at];
  if (message.hidden && before && !before.hidden) takeBack(before.text);
  store.chat.value = at < 0 ? [...all, message] : all.map((one, here) => (here === at ? message : one));
}

function applyPulse(pulse: PulseView): void {
  const before = store.facts.peek()?.pulse;
  changeFacts({ pulse });
  if (isStaff.peek() || before?.id === pulse.id || pulse.closed_at !== null) return;
  say(`A question to everyone: ${pulse.text}`);
}

function applyCard(card: CardView): void {
  if (!isStaff.peek()) say(`${card.sent_by_name} has sent you a card: ${card.title}.`);
  const cards = store.facts.peek()?.cards ?? [];
  changeFacts({ cards: [...cards.filter((one) => one.id !== card.id), card] });
}

/** A red flag sounds as a call for help does: the patient was told to get help at once. */
function applyCheckIn(view: CheckInView): void {
  const known = store.checkIns.peek();
  store.checkIns.value = new Map(known).set(view.person, view);
  if (isNewFlag(view, known)) soundHelp();
}

function isNewFlag(view: CheckInView, known: ReadonlyMap<string, CheckInView>): boolean {
  return view.state === "red_flag" && known.get(view.person)?.state !== "red_flag";
}

function applyHelp(call: HelpView): void {
  const fresh = isNewCall(call, store.help.peek());
  put(store.help, call);
  if (fresh) soundHelp();
}

function isNewCall(call: HelpView, known: ReadonlyMap<string, HelpView>): boolean {
  return isStaff.peek() && call.settled_at === null && !known.has(call.id);
}

function changeFacts(change: Partial<ClassFacts>): void {
  const facts = store.facts.peek();
  if (facts) store.facts.value = { ...facts, ...change };
}

function byId<T extends { readonly id: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((one) => [one.id, one]));
}

function put<T extends { readonly id: string }>(map: Signal<ReadonlyMap<string, T>>, one: T): void {
  map.value = new Map(map.peek()).set(one.id, one);
}

function remove<T>(map: Signal<ReadonlyMap<string, T>>, id: string): void {
  const next = new Map(map.peek());
  next.delete(id);
  map.value = next;
}
