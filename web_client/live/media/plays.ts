/** How sound and picture have played since the last telling, from the browser's counts. */
import type { HowItPlays } from "../protocol";
import type { TrackCounts } from "./stats";

/** The shortest time that the server is told about. */
const LEAST_MS = 1000;
const MOST_MS = 60_000;

/** By slot, who should be seen or heard in it. */
export type Expected = ReadonlyMap<string, string>;

/** Remembers the counts of the last telling. */
export class Plays {
  private since_ms: number | null = null;
  private counts: ReadonlyMap<string, TrackCounts> = new Map();
  /** Who was to be seen or heard at every look since. */
  private steady: Expected = new Map();

  /** Who is to be seen or heard now; a picture that was turned off in between has not frozen. */
  look(expected: Expected): void {
    this.steady = new Map([...this.steady].filter(([slot, who]) => expected.get(slot) === who));
  }

  /** The worst of the slots in which the same person was to be seen or heard all the time; null: none was. */
  tell(now_ms: number, counts: ReadonlyMap<string, TrackCounts>, expected: Expected): HowItPlays | null {
    this.look(expected);
    const over_ms = Math.round(now_ms - (this.since_ms ?? now_ms));
    const slots = [...this.steady.keys()];
    const before = this.counts;
    this.since_ms = now_ms;
    this.counts = counts;
    this.steady = expected;
    if (slots.length === 0 || over_ms < LEAST_MS || over_ms > MOST_MS) return null;
    let frozen_ms = 0;
    let concealed_ms = 0;
    for (const slot of slots) {
      const [was, is] = [before.get(slot), counts.get(slot)];
      if (!was || !is || is.bytes < was.bytes) continue;
      frozen_ms = Math.max(frozen_ms, frozenBetween(was, is, over_ms));
      concealed_ms = Math.max(concealed_ms, is.concealed_ms - was.concealed_ms);
    }
    const within = (ms: number) => Math.min(Math.max(0, Math.round(ms)), over_ms);
    return { over_ms, frozen_ms: within(frozen_ms), concealed_ms: within(concealed_ms) };
  }
}

/** Browsers count a freeze when it ends. One that lasts shows by bytes that come and frames that do not. */
function frozenBetween(was: TrackCounts, is: TrackCounts, over_ms: number): number {
  const stuck = is.frames > 0 && is.frames === was.frames && is.bytes > was.bytes;
  return stuck ? over_ms : is.frozen_ms - was.frozen_ms;
}
