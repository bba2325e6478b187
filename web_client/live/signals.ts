/** Short signs that people give: in what words, and for how long they are shown. */
import type { PersonView, SignalKind } from "./protocol";

/** All but "repeat" are over by themselves. */
const SHOWN_FOR_MS = 15_000;

export const SIGNAL_WORDS: Readonly<Record<SignalKind, string>> = {
  repeat: "Please repeat",
  well_done: "Well done",
  thanks: "Thank you",
  smile: "Smiles",
};

/** What is shown of a person's last sign at `now_ms`, the server's time; null: nothing. */
export function signalWords(of: Pick<PersonView, "signal">, now_ms: number): string | null {
  if (of.signal === null) return null;
  const over = now_ms - Date.parse(of.signal.at) >= SHOWN_FOR_MS;
  return over && of.signal.kind !== "repeat" ? null : SIGNAL_WORDS[of.signal.kind];
}

/** "first", "2nd", "3rd", "11th": a place in the queue of hands. */
export function inQueue(place: number): string {
  if (place === 1) return "first";
  const tens = place % 100;
  const ending = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${ending}`;
}
