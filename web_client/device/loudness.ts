/** How loud a microphone is, and whether somebody has been heard. Pure, but for what reads the samples. */

/** Below this it is a quiet room; in dB below the loudest that can be (dBFS). */
const QUIET_DB = -60;
const SPEECH_DB = -42;
/** A click is no voice. */
const SPEECH_FOR_MS = 300;

/** Root mean square of samples from -1 to 1, in dBFS; -100 for silence. */
export function loudness_db(samples: Float32Array): number {
  let sum = 0;
  for (const one of samples) sum += one * one;
  const mean = samples.length > 0 ? Math.sqrt(sum / samples.length) : 0;
  return mean > 0 ? Math.max(-100, 20 * Math.log10(mean)) : -100;
}

/** 0 to 100 for the meter that the person sees: from a quiet room to a loud voice. */
export function percent(db: number): number {
  return Math.round(Math.min(100, Math.max(0, ((db - QUIET_DB) / -QUIET_DB) * 130)));
}

/** Adds up for how long something as loud as a voice was heard. */
export class Listener {
  private spoken_ms = 0;

  /** Whether somebody has been heard, with these `for_ms` at this loudness. Once heard is heard. */
  hear(db: number, for_ms: number): boolean {
    if (this.spoken_ms < SPEECH_FOR_MS && db >= SPEECH_DB) this.spoken_ms += for_ms;
    return this.spoken_ms >= SPEECH_FOR_MS;
  }
}
