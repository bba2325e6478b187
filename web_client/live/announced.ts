/**
 * What only screen readers are told, and once: who waits to come in, new questions, and what is written in the
 * chat while it is open. To the eye these show as a number on a button or a new line in a list; the focus stays
 * where it is. What comes in quick turns is told together: ten messages in a second are one sentence.
 */
import { effect, signal } from "@preact/signals";
import { isStaff, waiting } from "./derived";
import type { MessageView, QuestionView } from "./protocol";
import { store } from "./store";

export interface Announcement {
  readonly id: number;
  readonly text: string;
}

/** A few stay, so that what comes right after another is not read in its place. */
const KEPT = 3;
/** What is new of one kind is told at once; what follows sooner than this, in one sentence after it. */
export const GATHER_MS = 5000;
let count = 0;
export const announced = signal<readonly Announcement[]>([]);

/** Starts telling. What is there when the page joins is read like the rest of the page, and not told. */
export function announceNews(): void {
  const waits = newOnes();
  const asked = newOnes();
  const wrote = newAtTheEnd();
  const tellWhoWaits = gathered(whoWaits);
  const tellWhoAsks = gathered(whoAsks);
  const tellWhoWrites = gathered((messages: readonly MessageView[]) => whoWrites(stillShown(messages)));
  effect(() => {
    const joined = store.facts.value !== null && store.me.value?.place === "in_class";
    const came = waits(
      waiting.value.map((one) => one.id),
      joined,
    );
    const fresh = asked([...store.questions.value.keys()], joined);
    if (isStaff.peek()) tellWhoWaits(came.map(nameOf));
    const others = fresh
      .map((id) => store.questions.peek().get(id))
      .filter((one) => one !== undefined && !one.mine) as QuestionView[];
    if (isStaff.peek() || store.drawer.peek() === "questions") tellWhoAsks(others);
    const written = wrote(store.chat.value, joined);
    if (store.drawer.peek() === "chat") tellWhoWrites(written.filter((one) => !one.mine && !one.hidden));
  });
}

/** "Margaret waits to come in." */
export function whoWaits(names: readonly string[]): string {
  return names.length === 1
    ? `${names[0]} waits to come in.`
    : `${names.length} more people wait to come in.`;
}

/** "New question from Margaret." */
export function whoAsks(questions: readonly QuestionView[]): string {
  const [first] = questions;
  if (questions.length > 1 || !first) return `${questions.length} new questions.`;
  return `New question from ${first.asker_name}${first.to === "staff" ? ", to staff only" : ""}.`;
}

/** "Dennis: Good morning."; of several how many, and the last. */
export function whoWrites(messages: readonly MessageView[]): string {
  const last = messages.at(-1);
  if (!last) return "";
  const words = `${last.author_name}: ${last.text}`;
  return messages.length === 1 ? words : `${messages.length} new messages. The last is from ${words}`;
}

/** Staff may have hidden some of them meanwhile. */
function stillShown(messages: readonly MessageView[]): readonly MessageView[] {
  const hidden = new Set(store.chat.peek().flatMap((one) => (one.hidden ? [one.id] : [])));
  return messages.filter((one) => !hidden.has(one.id));
}

/** What is written after the message that was the last one; not earlier ones that are fetched. */
function newAtTheEnd(): (messages: readonly MessageView[], on: boolean) => readonly MessageView[] {
  let last: string | undefined;
  let knows = false;
  return (messages, on) => {
    const from = messages.findIndex((one) => one.id === last) + 1;
    const fresh = on && knows && (from > 0 || last === undefined) ? messages.slice(from) : [];
    last = messages.at(-1)?.id;
    knows = on;
    return fresh;
  };
}

/** Of several ids those that were not there the last time; none until it is `on`, and none of the first. */
function newOnes(): (ids: readonly string[], on: boolean) => readonly string[] {
  let known: ReadonlySet<string> | null = null;
  return (ids, on) => {
    const before = known;
    known = on ? new Set(ids) : null;
    return on && before ? ids.filter((id) => !before.has(id)) : [];
  };
}

function nameOf(id: string): string {
  return store.people.peek().get(id)?.name ?? "Somebody";
}

/** Tells news of one kind; what comes soon after is kept until it can be told together. */
function gathered<T>(words: (news: readonly T[]) => string): (news: readonly T[]) => void {
  let kept: readonly T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tellKept = () => {
    timer = undefined;
    if (kept.length === 0) return;
    const text = words(kept);
    if (text) tell(text);
    kept = [];
    timer = setTimeout(tellKept, GATHER_MS);
  };
  return (news) => {
    kept = [...kept, ...news];
    if (timer === undefined) tellKept();
  };
}

/** What staff have hidden is not to be read there any more. */
export function takeBack(text: string): void {
  announced.value = announced.peek().filter((one) => !one.text.includes(text));
}

function tell(text: string): void {
  announced.value = [...announced.peek().slice(1 - KEPT), { id: ++count, text }];
}
