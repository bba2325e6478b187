/** What staff read beside the class's name: when it starts, how long is left, how long the doors stay open. */
import { duration, talkUntil } from "./words";

const MINUTE_MS = 60_000;

/** At `now_ms`, the server's time. Pure. */
export function clockWords(startsAt: string, endsAt: string, now_ms: number): string {
  const before_ms = Date.parse(startsAt) - now_ms;
  if (before_ms > 0) {
    return before_ms > MINUTE_MS ? `starts in ${duration(before_ms)}` : "starts in less than a minute";
  }
  const left_ms = Date.parse(endsAt) - now_ms;
  if (left_ms > 0) {
    return left_ms > MINUTE_MS ? `${duration(left_ms)} left` : "less than a minute left";
  }
  return talkUntil(endsAt, now_ms) ?? "past its end";
}
