/** What the counts of the loop mean. Pure. */
import type { Line } from "./findings";

/** What came back by one moment, added up since the loop began. */
export interface Counts {
  readonly at_ms: number;
  readonly packets: number;
  readonly lost: number;
  /** Frames of the picture; null where none is sent. */
  readonly frames: number | null;
  /** Null while the browser does not know it. */
  readonly roundTrip_ms: number | null;
}

/** Poor lines by the figures that staff see too (docs/media.md, Quality). */
const MOST_LOSS = 0.1;
const MOST_ROUND_TRIP_MS = 500;
const LEAST_FRAMES_PER_S = 5;

/** How the line is, from what came between two moments. */
export function lineOf(first: Counts, last: Counts): Line {
  const packets = last.packets - first.packets;
  const seconds = (last.at_ms - first.at_ms) / 1000;
  if (packets <= 0 || seconds <= 0) return "none";
  const lost = Math.max(0, last.lost - first.lost);
  if (last.frames !== null) {
    const frames = last.frames - (first.frames ?? 0);
    if (frames <= 0) return "none";
    if (frames / seconds < LEAST_FRAMES_PER_S) return "slow";
  }
  if (lost / (packets + lost) > MOST_LOSS) return "slow";
  return last.roundTrip_ms !== null && last.roundTrip_ms > MOST_ROUND_TRIP_MS ? "slow" : "good";
}
