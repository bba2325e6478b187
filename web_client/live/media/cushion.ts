/**
 * How long what has come waits before it is played. Browsers wait for next to nothing; where packets are lost on
 * the way, the time to send them again is then seen as a picture that stops. So everything waits for two round trips,
 * time for one repeat; where packets are lost, and for as long as it lasts, for about four, time for two repeats on
 * both sides of the server; and for one more each time that a picture stops even so.
 */

/** Nobody waits longer than this where nothing is lost: people talk to each other. */
const ROUND_TRIPS_BEFORE = 2;
const MOST_BEFORE_MS = 160;
/** A line loses when packets had to be asked for again in so many of the latest looks, or so many in one. */
const LOSING_LOOKS = 3;
const LOSING_PACKETS = 3;
const LATEST_LOOKS = 10;
/** For how many looks after the last loss the wait is kept. */
const KEPT_LOOKS = 120;
const ROUND_TRIPS = 4;
const MOST_ROUND_TRIPS = 6;
const LEAST_MS = 150;
const MOST_MS = 500;
/** The wait grows by so much at a time, twice with each look: a picture held back by more would be seen to stop. */
const STEP_MS = 50;
const STEPS = 2;

/** Decides on the wait; told twice a second. */
export class Cushion {
  private asked = 0;
  private latest: boolean[] = [];
  private keep = 0;
  /** The wait as last decided. */
  wait_ms = 0;
  private frozen_ms = 0;
  private rounds = ROUND_TRIPS;

  /**
   * The wait from now on in ms. So far packets were asked for again `asked` times, and the
   * picture that is looked at has stood still for `frozen_ms`.
   */
  look(asked: number, frozen_ms: number, rtt_ms: number): number {
    const lost = asked - this.asked;
    const stopped = frozen_ms > this.frozen_ms;
    this.asked = asked;
    this.frozen_ms = frozen_ms;
    this.latest = [...this.latest, lost > 0].slice(-LATEST_LOOKS);
    const losses = this.latest.filter(Boolean).length;
    if (losses >= LOSING_LOOKS || lost >= LOSING_PACKETS || (stopped && losses > 0)) {
      if (stopped && this.keep > 0) this.rounds = Math.min(this.rounds + 1, MOST_ROUND_TRIPS);
      this.keep = KEPT_LOOKS;
    } else if (this.keep > 0) this.keep--;
    const before_ms = Math.round(Math.min(MOST_BEFORE_MS, ROUND_TRIPS_BEFORE * rtt_ms));
    if (this.keep === 0) {
      this.wait_ms = before_ms;
      this.rounds = ROUND_TRIPS;
    } else {
      const next_ms = Math.max(this.wait_ms, before_ms) + STEPS * STEP_MS;
      this.wait_ms = Math.min(next_ms, wanted(this.rounds, rtt_ms));
    }
    return this.wait_ms;
  }
}

function wanted(rounds: number, rtt_ms: number): number {
  return Math.min(MOST_MS, Math.max(LEAST_MS, Math.round(rounds * rtt_ms)));
}

/** Has everything that comes wait for `wait_ms`, the last step of it half-way to the next look, in `look_ms`. */
export function grow(pc: RTCPeerConnection, from_ms: number, wait_ms: number, look_ms: number): void {
  const isTooMuchAtOnce = wait_ms - from_ms > STEP_MS;
  wait(pc, isTooMuchAtOnce ? wait_ms - STEP_MS : wait_ms);
  if (isTooMuchAtOnce) setTimeout(() => wait(pc, wait_ms), look_ms / STEPS);
}

/** Has everything that comes wait so long, where the browser can (jitterBufferTarget, WebRTC extensions). */
export function wait(pc: RTCPeerConnection, wait_ms: number): void {
  const target = wait_ms === 0 ? null : wait_ms;
  for (const receiver of pc.getReceivers() as (RTCRtpReceiver & { jitterBufferTarget?: number | null })[]) {
    if (receiver.jitterBufferTarget === undefined || receiver.jitterBufferTarget === target) continue;
    try {
      receiver.jitterBufferTarget = target;
    } catch {
      // A receiver that has been closed meanwhile waits for nothing.
    }
  }
}
