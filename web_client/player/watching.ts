/** Follows the video, and reports every few seconds and at each turn what was watched. */
import type { Playback } from "./playback";
import type { Reporter } from "./reporter";
import { Watched } from "./watched";

export const REPORT_EVERY_MS = 4_000;

/** Starts following; `now` is a clock that only runs forwards. */
export function followWatching(playback: Playback, reporter: Reporter, now: () => number): void {
  const { video } = playback;
  const watched = new Watched();
  let reportedAt = now();
  let nothingNew = true;
  /** Going to the place of last time is not watching. */
  let begun = false;

  const report = () => {
    reportedAt = now();
    nothingNew = true;
    reporter.note(watched.take(), playback.positionMs);
  };
  const moves = () => {
    if (video.seeking || !playback.isPlaying) return;
    // The server measures what can have been watched from the first report on.
    if (!begun) report();
    begun = true;
    nothingNew = false;
    watched.reach(playback.positionMs);
  };
  const stands = () => {
    if (!video.seeking) watched.reach(playback.positionMs);
    watched.stop();
  };
  const leave = () => {
    moves();
    reportedAt = now();
    nothingNew = true;
    reporter.leave(watched.take(), playback.positionMs);
  };

  playback.beforeLeap((fromMs) => {
    begun = true;
    if (playback.isPlaying) watched.reach(fromMs);
    watched.stop();
  });
  playback.beforeNewTime(() => {
    moves();
    if (!nothingNew) report();
    reporter.anew();
  });
  video.addEventListener("playing", moves);
  video.addEventListener("timeupdate", () => {
    moves();
    if (playback.isPlaying && now() - reportedAt >= REPORT_EVERY_MS) report();
  });
  video.addEventListener("seeking", () => watched.stop());
  video.addEventListener("seeked", () => {
    moves();
    if (begun) report();
  });
  video.addEventListener("waiting", () => watched.stop());
  video.addEventListener("pause", () => {
    stands();
    report();
  });
  video.addEventListener("ended", report);
  window.addEventListener("online", () => reporter.again());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
  window.addEventListener("pagehide", leave);
}
