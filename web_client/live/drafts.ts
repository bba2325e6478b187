/**
 * What is being written and not yet acknowledged, by its box. It outlasts the box: another tab, a closed drawer, a
 * chat that staff pause. The key is the same until the server has acknowledged it, so that nothing is posted twice.
 */
import { say } from "./notices";
import { newKey } from "./requests";
import { type Draft, store } from "./store";

const fresh = (text: string): Draft => ({ text, key: newKey(), sending: false, fault: null, first: null });

const draftOf = (box: string): Draft | undefined => store.drafts.peek().get(box);

/** Whether words wait in this box. */
export function isWriting(box: string): boolean {
  return (store.drafts.value.get(box)?.text ?? "").trim() !== "";
}

/** Somebody types. */
export function write(box: string, text: string): void {
  keep(box, { ...(draftOf(box) ?? fresh("")), text });
}

/** The words are wanted no more. */
export function drop(box: string): void {
  const drafts = new Map(store.drafts.peek());
  drafts.delete(box);
  store.drafts.value = drafts;
}

/** Sends what stands in the box, where it is sent already once only. What is typed meanwhile stays. */
export async function sendDraft(
  box: string,
  shown: string,
  send: (text: string, key: string) => Promise<string | null>,
): Promise<boolean> {
  const draft = draftOf(box) ?? fresh(shown);
  const written = draft.text.trim();
  if (!written || draft.sending) return false;
  const first = draft.first ?? written;
  keep(box, { ...draft, sending: true, fault: null, first });
  const fault = await send(written, draft.key);
  const now = draftOf(box);
  if (fault !== null) {
    if (now) keep(box, { ...now, sending: false, fault });
    return false;
  }
  const typed = now?.text ?? "";
  const rest = typed.startsWith(draft.text) ? typed.slice(draft.text.length).trimStart() : typed;
  if (rest.trim() === "") drop(box);
  else keep(box, fresh(rest));
  // An earlier try with other words may be what has arrived.
  if (first !== written)
    say("It is sent. Please look whether it stands there as you last wrote it.", "calm", 10_000);
  return true;
}

function keep(box: string, draft: Draft): void {
  store.drafts.value = new Map(store.drafts.peek()).set(box, draft);
}
