/** What staff did about a call for help or somebody who was lost, in words. */
import type { AccountDone, HelpDone, HelpView, UnaccountedView } from "./protocol";
import { store } from "./store";

export const HELP_DONE: Readonly<Record<HelpDone, string>> = {
  fine: "All is well",
  talked: "Talked with them in class",
  rang: "Rang them",
  family: "Rang family or a friend",
  ambulance: "Ambulance called (999)",
  other: "Something else",
};

export const ACCOUNT_DONE: Readonly<Record<AccountDone, string>> = {
  rang_fine: "Rang them: all is well",
  no_answer: "Rang them: no answer",
  family: "Spoke with family or a friend",
  ambulance: "Ambulance called (999)",
  other: "Something else",
};

const BY_A_COLLEAGUE = "A colleague has said what was done. What you write is kept, too.";

/** A call was settled while somebody else of staff wrote about it. */
export function settledWords({ id, name }: HelpView): string {
  if (store.help.value.get(id)?.done) return BY_A_COLLEAGUE;
  return `${name} has said that all is well. What you write is kept, too.`;
}

/** Of somebody who was lost nothing more needs to be said, and somebody of staff still writes about it. */
export function backWords({ person, name }: UnaccountedView): string {
  const place = store.people.value.get(person)?.place;
  if (place === "in_class" || place === "waiting") return `${name} is back. What you write is kept.`;
  return BY_A_COLLEAGUE;
}
