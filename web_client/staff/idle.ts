// When to warn that a signed-in browser will be signed out, and when it is. Pure; times in ms of one clock.

export const WARN_BEFORE_MS = 2 * 60_000;

export type IdleState =
  | { kind: "quiet"; nextMs: number }
  | { kind: "warn"; left: string; nextMs: number }
  | { kind: "out" };

/** What to show at `nowMs` of a session that ends at `endsMs`, and in how many ms to look again. */
export function idleState(nowMs: number, endsMs: number): IdleState {
  const leftMs = endsMs - nowMs;
  if (leftMs <= 0) {
    return { kind: "out" };
  }
  if (leftMs > WARN_BEFORE_MS) {
    return { kind: "quiet", nextMs: leftMs - WARN_BEFORE_MS };
  }
  return {
    kind: "warn",
    left: leftInWords(leftMs),
    nextMs: Math.min(leftMs, leftMs > 60_000 ? leftMs - 60_000 : 20_000),
  };
}

/** Said rarely, since a screen reader reads each change: at two minutes, one minute, then every 20 seconds. */
export function leftInWords(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  if (seconds > 60) {
    return "You will be signed out in 2 minutes.";
  }
  if (seconds > 40) {
    return "You will be signed out in 1 minute.";
  }
  return `You will be signed out in ${seconds > 20 ? 40 : 20} seconds.`;
}
