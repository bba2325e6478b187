/** Puts what the server sends into the store, and says what of it the person must notice. */
import { batch, type Signal } from "@preact/signals";
import { isStaff, ownLine, staffHere } from "./derived";
import { say } from "./notices";
import type {
  ClassView,
  HelpView,
  LineView,
  MeView,
  PersonView,
  QuestionView,
  ServerEvents,
} from "./protocol";
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
  question: applyQuestion,
  message: (message) => {
    if (store.chat.peek().some((one) => one.id === message.id)) return;
    store.chat.value = [...store.chat.peek(), message];
  },
  help: applyHelp,
  slots: ({ slots }) => {
    store.slots.value = slots;
  },
  line: applyLine,
};
const APPLY = APPLIERS as Partial<Record<keyof ServerEvents, (view: unknown) => void>>;

/** The whole class at one stroke. */
export function applyClass(view: ClassView): void {
  const { me, people, questions, chat, help, slots, lines, ...facts } = view;
  const first = store.facts.peek() === null;
  store.facts.value = facts;
  store.clockOffset_ms.value = Date.parse(facts.server_time) - Date.now();
  store.people.value = byId(people);
  store.questions.value = byId(questions);
  store.chat.value = chat;
  const known = store.help.peek();
  store.help.value = byId(help);
  store.slots.value = slots;
  store.lines.value = byId(lines);
  if (first || store.chatSeenUpTo.peek() === "") store.chatSeenUpTo.value = chat.at(-1)?.posted_at ?? "";
  applyMe(me);
  if (help.some((one) => isNewCall(one, known))) soundHelp();
  if (facts.ended) store.phase.value = "ended";
}

function applyMe(me: MeView): void {
  const before = store.me.peek();
  store.me.value = me;
  if (me.role !== "patient") return;
  if (me.place === "in_class" && (before === null || before.place === "waiting")) {
    // Patients come in muted, whatever was on before.
    store.wish.value = { ...store.wish.peek(), microphone: false };
    say("You are in. Your microphone is off.", "calm", 8000);
    soundLetIn();
  }
  if (before === null) return;
  if (!before.muted_by_staff && me.muted_by_staff) {
    say(`${mutedBy()} muted you for the group. Staff can still hear you.`, "warning", 8000);
  } else if (before.muted_by_staff && !me.muted_by_staff) {
    say(me.microphone_on ? "Everyone can hear you again." : "You can unmute again.");
  }
}

/** The server does not tell which of the staff it was. */
function mutedBy(): string {
  const staff = staffHere.peek();
  return `${capital(namesOf(staff, "or"))} ${staff.length === 0 ? "have" : "has"}`;
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
  if (!question.mine || before === undefined || before.state === question.state) return;
  const who = question.answered_by_name ?? "Your physio";
  if (question.state === "answering") say(`${who} is answering your question now.`);
  if (question.state === "answered_in_writing") say(`${who} has answered your question in writing.`);
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
