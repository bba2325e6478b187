/** What is said while the server is away because it said so: what goes on, what does not, and whom to ring. */
import { lead, updatingLong } from "./derived";
import { store } from "./store";

/** For who is in class with pictures and sound, which go on. */
export function updatingWords(): string {
  const phone = store.config.value.service_phone;
  if (updatingLong.value) {
    const ring = phone ? ` If you need us, ring ${phone}.` : "";
    return `The update takes longer than it should. The picture goes on. Questions and chat do not work yet.${ring}`;
  }
  return "We are updating Moveroom. Stay where you are: the picture goes on. You do not need to press anything.";
}

/** For staff, whom no call for help reaches meanwhile. */
export function updatingWordsForStaff(): string {
  return (
    "We are updating Moveroom. The group still sees and hears you." +
    " Calls for help do not reach you for a moment: keep an eye on everyone."
  );
}

/** While signalling is away of itself. */
export function connectingAgain(): string {
  return `Connecting again. You can still see and hear ${lead.value?.name ?? "the class"}. Questions and chat come back in a moment.`;
}

export const CONNECTING_AGAIN_FOR_STAFF =
  "Connecting again. The group can still see and hear you." +
  " Calls for help do not reach you for a moment: keep an eye on everyone.";
