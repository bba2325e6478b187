/** Keeps the screen awake while a session plays: nobody touches a tablet in the middle of an exercise. */
import type { Playback } from "./playback";

export function keepAwakeWhilePlaying(playback: Playback): void {
  let lock: WakeLockSentinel | null = null;
  const hold = async () => {
    if (!playback.isPlaying || document.visibilityState !== "visible" || (lock && !lock.released)) return;
    lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    if (!playback.isPlaying) letSleep();
  };
  const letSleep = () => void lock?.release().catch(() => undefined);
  playback.video.addEventListener("playing", () => void hold());
  playback.video.addEventListener("pause", letSleep);
  playback.video.addEventListener("ended", letSleep);
  document.addEventListener("visibilitychange", () => void hold());
}
