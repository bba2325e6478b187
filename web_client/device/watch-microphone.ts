/** How loud a microphone is just now, and whether a voice has been heard. */
import { Listener, loudness_db, percent } from "./loudness";

const LOOK_EVERY_MS = 60;
/** So long a person may take to say hello before we say what to do. */
const SILENT_AFTER_MS = 10_000;

/** Tells the level (0 to 100) all the time; "works" once somebody is heard. Returns what stops it. */
export function watchMicrophone(
  track: MediaStreamTrack,
  level: (percent: number) => void,
  tell: (found: "works" | "silent" | "missing") => void,
): () => void {
  if (typeof AudioContext === "undefined") {
    tell("works"); // it cannot be measured here; the browser gave it
    return () => undefined;
  }
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const meter = context.createAnalyser();
  meter.fftSize = 2048;
  source.connect(meter);
  void context.resume().catch(() => undefined);
  const samples = new Float32Array(meter.fftSize);
  const listener = new Listener();
  const started_ms = performance.now();
  let told: "works" | "silent" | null = null;
  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(samples);
    const db = loudness_db(samples);
    level(percent(db));
    const late = performance.now() - started_ms > SILENT_AFTER_MS;
    const found = listener.hear(db, LOOK_EVERY_MS) ? "works" : late ? "silent" : null;
    if (found === null || found === told) return;
    told = found;
    tell(found);
  }, LOOK_EVERY_MS);
  const gone = () => {
    stop();
    tell("missing");
  };
  track.addEventListener("ended", gone);
  const stop = () => {
    clearInterval(timer);
    track.removeEventListener("ended", gone);
    level(0);
    void context.close();
  };
  return stop;
}
