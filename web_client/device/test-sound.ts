/** The test sound: three rising notes, twice, as loud as a voice in class. */

const NOTES_HZ = [523, 659, 784];
const NOTE_S = 0.35;
const ROUND_S = 1.6;
const LOUDNESS = 0.3;

/** Plays it; resolves when it has ended, and gives false when the browser has no sound. */
export async function playTestSound(): Promise<boolean> {
  if (typeof AudioContext === "undefined") return false;
  const context = new AudioContext();
  try {
    await context.resume();
    const ended = [0, ROUND_S].flatMap((from) =>
      NOTES_HZ.map((hz, at) => note(context, hz, context.currentTime + 0.05 + from + at * NOTE_S)),
    );
    await Promise.all(ended);
    return true;
  } catch {
    return false;
  } finally {
    void context.close();
  }
}

function note(context: AudioContext, hz: number, start_s: number): Promise<void> {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.frequency.value = hz;
  volume.gain.setValueAtTime(0, start_s);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start_s + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, start_s + NOTE_S * 1.4);
  source.connect(volume).connect(context.destination);
  source.start(start_s);
  source.stop(start_s + NOTE_S * 1.4);
  return new Promise((resolve) => source.addEventListener("ended", () => resolve(), { once: true }));
}
