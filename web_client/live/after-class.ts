/** When class has finished: said here first, then the page after class. */
import { effect } from "@preact/signals";
import { helpLeftUntold } from "./help-now";
import { store } from "./store";

/** Long enough to read two short lines, and for a screen reader to say them. */
const SAID_FOR_MS = 4000;

/** The page after class of this person. */
export function afterClass(): string {
  return `/after/${store.config.value.link}`;
}

/**
 * Goes there by itself, unless it cannot be reached now, or a call for help was not sent: then the words, and the
 * way, stay on the screen.
 */
export function goOnAfterClass(): () => void {
  return effect(() => {
    if (store.phase.value !== "ended" || helpLeftUntold.value) return;
    const timer = setTimeout(() => void goTo(afterClass()), SAID_FOR_MS);
    return () => clearTimeout(timer);
  });
}

async function goTo(address: string): Promise<void> {
  const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.replace(address);
}
