/** What staff ask everyone at once, and the cards they send. Views call these and nothing else. */
import { attempt, WRITTEN, wordsOf } from "./actions";
import { say } from "./notices";
import type { PulseKind, ReadyCardView } from "./protocol";
import { request } from "./requests";

/** Gives what went wrong, or null. The same `key` may be given again. */
export function askPulse(
  key: string,
  kind: PulseKind,
  text: string,
  options: string[],
): Promise<string | null> {
  return wordsOf(request("pulse:ask", { key, kind, text, options }, WRITTEN));
}

export async function closePulse(pulse: string): Promise<void> {
  await attempt(request("pulse:close", { pulse }, WRITTEN));
}

/** `person` null: to everyone on the course. Gives what went wrong, or null. */
export async function sendCard(
  key: string,
  person: string | null,
  card: ReadyCardView,
): Promise<string | null> {
  const { title, words, phone, address } = card;
  const fault = await wordsOf(
    request(
      "card:send",
      { key, person, title: title.trim(), words: words.trim(), phone: phone.trim(), address: address.trim() },
      WRITTEN,
    ),
  );
  if (fault === null) say("The card is sent. It stays on their page.");
  return fault;
}
