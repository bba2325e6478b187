/**
 * How long what has come waits before it is played. Browsers wait for next to nothing; where packets are lost on
 * the way, the time to send them again is then seen as a picture that stops. So there, and for as long as it
 * lasts, picture and sound wait for about three round trips: time for two repeats.
 */

/** A line loses when packets had to be asked for again in so many of the latest looks. */
const LOSING_LOOKS = 3;
const LATEST_LOOKS = 10;
/** For how many looks after the last loss the wait is kept. */
const KEPT_LOOKS = 120;
const ROUND_TRIPS = 3;
const LEAST_MS = 150;
const MOST_MS = 500;
/** The wait grows by so much with each look: a picture held back by more would be seen to stop. */
const STEP_MS = 50;

/** Decides on the wait; told twice a second. */
export class Cushion {
  private asked = 0;
  private latest: boolean[] = [];
  private keep = 0;
  private wait_ms = 0;

  /** The wait from now on in ms, 0: the browser's own. `asked`: how often a packet was asked for again so far. */
  look(asked: number, rtt_ms: number): number {
    const losing = asked > this.asked;
    this.asked = asked;
    this.latest = [...this.latest, losing].slice(-LATEST_LOOKS);
    if (this.latest.filter(Boolean).length >= LOSING_LOOKS) this.keep = KEPT_LOOKS;
    else if (this.keep > 0) this.keep--;
    if (this.keep === 0) this.wait_ms = 0;
    else this.wait_ms = Math.min(this.wait_ms + STEP_MS, wanted(rtt_ms));
    return this.wait_ms;
  }
}

function wanted(rtt_ms: number): number {
  return Math.min(MOST_MS, Math.max(LEAST_MS, Math.round(ROUND_TRIPS * rtt_ms)));
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
