/** What is said while the server is away: what goes on, what does not, and whom to ring. */
import { lead, updatingLong } from "./derived";
import { store } from "./store";

/** " If you need us, ring 01632 960123."; nothing where the service has given no number. */
export function ringIf(need = "If you need us"): string {
  const phone = store.config.value.service_phone;
  return phone ? ` ${need}, ring ${phone}.` : "";
}

/** For who is in class with pictures and sound, which go on, after the server said that it goes. */
export function updatingWords(): string {
  if (updatingLong.value) {
    return `The update takes longer than it should. The picture goes on. Questions and chat do not work yet.${ringIf()}`;
  }
  return `We are updating Moveroom. Stay where you are: the picture goes on. You do not need to press anything.${ringIf()}`;
}

/** For who waits to be let in. */
export function updatingWordsForWaiting(): string {
  const what = updatingLong.value
    ? "The update takes longer than it should."
    : "We are updating Moveroom. You keep your place.";
  return `${what} You do not need to press anything.${ringIf()}`;
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
  return `Connecting again. You can still see and hear ${lead.value?.name ?? "the class"}. Questions and chat come back in a moment.${ringIf()}`;
}

/** The same for who waits to be let in. */
export function connectingAgainForWaiting(): string {
  return `Connecting again. You keep your place. You do not need to press anything.${ringIf()}`;
}

export const CONNECTING_AGAIN_FOR_STAFF =
  "Connecting again. The group can still see and hear you." +
  " Calls for help do not reach you for a moment: keep an eye on everyone.";
