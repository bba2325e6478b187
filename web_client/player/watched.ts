/**
 * The stretches of a session that were really watched, in the session's own time: half an hour at half
 * speed is a quarter of an hour of it, and what was leapt over was not watched.
 */

/** Whole milliseconds of the session, `from_ms` before `to_ms`. */
export interface Stretch {
  readonly from_ms: number;
  readonly to_ms: number;
}

export class Watched {
  #from: number | null = null;
  #to = 0;
  #closed: Stretch[] = [];

  /** The picture moves, or has moved on, to `ms`. */
  reach(ms: number): void {
    const at = Math.floor(ms);
    if (this.#from !== null && at < this.#to) this.stop();
    if (this.#from === null) this.#from = at;
    this.#to = at;
  }

  /** The picture stands, or is about to be somewhere else. */
  stop(): void {
    if (this.#from !== null && this.#to > this.#from) {
      this.#closed.push({ from_ms: this.#from, to_ms: this.#to });
    }
    this.#from = null;
  }

  /** Hands out what was watched since the last time. A stretch that goes on begins anew where it was cut. */
  take(): Stretch[] {
    const goesOn = this.#from !== null;
    this.stop();
    if (goesOn) this.#from = this.#to;
    const taken = this.#closed;
    this.#closed = [];
    return taken;
  }
}

/** Joins each stretch to the one before it where it begins at its end. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const one of stretches) {
    const last = all[all.length - 1];
    if (last && last.to_ms === one.from_ms) all[all.length - 1] = { from_ms: last.from_ms, to_ms: one.to_ms };
    else all.push(one);
  }
  return all;
}
