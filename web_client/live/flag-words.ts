/** What staff are told of a check-in that stands against exercising: by what it is, and where the patient is. */
import { besideOf, whereIs } from "./derived";
import type { CheckInView } from "./protocol";
import { store } from "./store";

/** "Dennis Example is in class now: stop them exercising." */
export function whereFlagged(view: CheckInView): string {
  switch (whereIs(view.person)) {
    case "in_class":
      return `Is in class now${besideWhom(view)}: stop them exercising.`;
    case "dropped":
      return `Was in class${besideWhom(view)} and has dropped out: ring them now.`;
    case "waiting":
      return `Is in the waiting room${besideWhom(view)}.`;
    default:
      return "Has not come, or has left.";
  }
}

/** What of the check-in staff must act on; nothing of symptoms. */
export function whatFlagged(view: CheckInView): string {
  switch (view.state) {
    case "red_flag":
      return "Was told to call 999 or go to A&E.";
    case "held":
      return "Has told us of new symptoms. The physio must speak to them, then decide.";
    case "refused":
      return "Staff have said that they do not take part today.";
    default:
      return "";
  }
}

/** Of who did not join by a device of their own. */
function besideWhom(view: CheckInView): string {
  const own = store.people.value.get(view.person)?.place ?? "left";
  const beside = own === "left" ? besideOf(view.person) : null;
  return beside === null ? "" : `, beside ${beside.full_name}`;
}
