/**
 * Reports what was watched and where the person is, one report after another. What did not arrive is kept,
 * joined and sent again; what the server refuses is dropped. Playing never waits for any of it.
 */
import { joined, type Stretch } from "./watched";

/** The body of `POST …/watched`. Equal ends: only a position. */
export interface Report extends Stretch {
  readonly playback: string;
  readonly position_ms: number;
}

/**
 * What became of a report. `partly`: it was longer than can have been watched, and only its beginning is kept.
 * `away`: nobody answered, or asked us to come later.
 */
export type Outcome =
  | { readonly kept: "yes" }
  | { readonly kept: "partly" }
  | { readonly kept: "away" }
  | { readonly kept: "refused"; readonly words: string };

export type Send = (report: Report) => Promise<Outcome>;
export type Later = (what: () => void, afterMs: number) => void;

const AGAIN_AFTER_MS = 4_000;
const AGAIN_AFTER_AT_MOST_MS = 30_000;
/** One lost report is repaired before anybody would have read about it. */
const TELL_AFTER_FAILURES = 2;

export class Reporter {
  readonly #newKey: () => string;
  readonly #send: Send;
  readonly #later: Later;
  readonly #tell: (outcome: Outcome) => void;
  #playback: string;
  #unsent: Stretch[] = [];
  #position: number | null = null;
  #busy = false;
  #failures = 0;
  #waits = false;

  /** `newKey` gives a random key; `tell` hears how it stands whenever that may have changed. */
  constructor(newKey: () => string, send: Send, later: Later, tell: (outcome: Outcome) => void) {
    this.#newKey = newKey;
    this.#playback = newKey();
    this.#send = send;
    this.#later = later;
    this.#tell = tell;
  }

  /** The person begins the session a new time: what is noted from now on belongs to that. */
  anew(): void {
    this.#playback = this.#newKey();
  }

  /** Takes in what was watched and the place, and sends it unless an earlier report is still on its way. */
  note(stretches: readonly Stretch[], positionMs: number): void {
    this.#unsent = joined([...this.#unsent, ...stretches]);
    this.#position = Math.floor(positionMs);
    if (!this.#waits) void this.#sendAll();
  }

  /** Sends everything at once, without waiting for answers: the page may be gone in a moment. */
  leave(stretches: readonly Stretch[], positionMs: number): void {
    const all = joined([...this.#unsent, ...stretches]);
    const position = Math.floor(positionMs);
    if (all.length === 0 && this.#position === null) return;
    this.#unsent = [];
    this.#position = null;
    const nothingWatched = { from_ms: position, to_ms: position };
    for (const one of all.length ? all : [nothingWatched]) void this.#sendOne(one, position);
  }

  /** The line is back: sends what waits now. */
  again(): void {
    this.#waits = false;
    void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (!this.#waits && this.#position !== null) {
      const position = this.#position;
      const next = this.#unsent.shift() ?? { from_ms: position, to_ms: position };
      if (this.#unsent.length === 0) this.#position = null;
      await this.#sendOne(next, position);
    }
    this.#busy = false;
  }

  async #sendOne(stretch: Stretch, position: number): Promise<void> {
    const outcome = await this.#send({ playback: this.#playback, ...stretch, position_ms: position });
    if (outcome.kept === "away") return this.#keepForLater(stretch, position);
    this.#failures = 0;
    this.#tell(outcome);
  }

  #keepForLater(stretch: Stretch, position: number): void {
    if (stretch.to_ms > stretch.from_ms) this.#unsent = joined([stretch, ...this.#unsent]);
    this.#position ??= position;
    this.#failures += 1;
    if (this.#failures >= TELL_AFTER_FAILURES) this.#tell({ kept: "away" });
    if (this.#waits) return;
    this.#waits = true;
    const wait = Math.min(AGAIN_AFTER_MS * 2 ** (this.#failures - 1), AGAIN_AFTER_AT_MOST_MS);
    this.#later(() => this.again(), wait);
  }
}
