/** Which cards have been read in this tab: they are not put before the person again when the page is loaded anew. */
import { signal } from "@preact/signals";

const STORED_AS = "moveroom-cards-read";

export const cardsRead = signal<ReadonlySet<string>>(recall());

export function markRead(cards: readonly string[]): void {
  cardsRead.value = new Set([...cardsRead.peek(), ...cards]);
  try {
    sessionStorage.setItem(STORED_AS, JSON.stringify([...cardsRead.peek()]));
  } catch {
    // It holds for as long as the page is open.
  }
}

/** Some browsers refuse storage altogether, and what is stored may be anything. */
function recall(): ReadonlySet<string> {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORED_AS) ?? "[]");
    return new Set(Array.isArray(stored) ? stored.filter((one) => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}
