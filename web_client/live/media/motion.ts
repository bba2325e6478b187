/** Which pictures move, and which have stopped: a browser goes on showing the last frame as if nothing were. */

/** After so long without a new frame a picture has stopped. */
const STOPPED_AFTER_MS = 3000;
/** Looks in a row, two a second, after which the stage is said to move, and not to. */
const MOVES_AFTER_LOOKS = 2;
const STANDS_AFTER_LOOKS = 4;

interface Seen {
  readonly who: string;
  readonly frames: number;
  readonly since_ms: number;
}

/** Follows the pictures that should be coming, by slot. */
export class StoppedPictures {
  private seen: ReadonlyMap<string, Seen> = new Map();
  private stopped: ReadonlySet<string> = new Set();

  /**
   * The slots whose picture has stopped. `frames`: how many have come so far; `expected`: who should be seen.
   * Where no frame was ever counted there is nothing to stop, or a browser that does not count. What is the
   * same as before is the same object.
   */
  look(
    now_ms: number,
    frames: (slot: string) => number,
    expected: ReadonlyMap<string, string>,
  ): ReadonlySet<string> {
    const seen = new Map<string, Seen>();
    const stopped = new Set<string>();
    for (const [slot, who] of expected) {
      const [count, before] = [frames(slot), this.seen.get(slot)];
      const stands = before?.who === who && before.frames === count;
      const now = stands ? before : { who, frames: count, since_ms: now_ms };
      seen.set(slot, now);
      if (count > 0 && now_ms - now.since_ms >= STOPPED_AFTER_MS) stopped.add(slot);
    }
    this.seen = seen;
    const same = stopped.size === this.stopped.size && [...stopped].every((slot) => this.stopped.has(slot));
    if (!same) this.stopped = stopped;
    return this.stopped;
  }
}

/** Whether one picture moves, steady enough to be shown. */
export class Motion {
  private moves = false;
  private against = 0;
  private frames = 0;

  /** `frames`: how many have come so far. */
  look(frames: number): boolean {
    const moved = frames > this.frames;
    this.frames = frames;
    this.against = moved === this.moves ? 0 : this.against + 1;
    if (this.against >= (this.moves ? STANDS_AFTER_LOOKS : MOVES_AFTER_LOOKS)) {
      this.moves = !this.moves;
      this.against = 0;
    }
    return this.moves;
  }
}
