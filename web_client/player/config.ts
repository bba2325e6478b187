/** What the server wrote into the page: the session, its parts, and where this person stopped last time. */

/** A part of a session, by the moment at which it starts. */
export interface Part {
  readonly start_ms: number;
  readonly title: string;
}

/** The session after this one. */
export interface Next {
  readonly title: string;
  readonly address: string;
}

export interface PlayerConfig {
  readonly title: string;
  readonly video: string;
  readonly poster: string | null;
  readonly captions: string;
  readonly language: string;
  readonly duration_ms: number;
  readonly chapters: readonly Part[];
  /** Where this person stopped last time; 0 is the beginning. */
  readonly position_ms: number;
  /** Where to report what was watched; null where nobody's place is kept. */
  readonly report: string | null;
  readonly service_phone: string;
  /** Of the same week; null after the last. */
  readonly next: Next | null;
}

/** Reads the page's `player-config` block. */
export function readConfig(page: Document): PlayerConfig {
  const block = page.getElementById("player-config");
  if (!block?.textContent) throw new Error("the page has no player-config");
  return JSON.parse(block.textContent) as PlayerConfig;
}
