/** Whether a camera gives a picture: one that stays black has its slide shut. */

const LOOK_EVERY_MS = 300;
const BLACK_FOR_MS = 2500;
/** Of 255; noise in the dark is below it. */
const DARK = 20;
const WIDTH = 32;
const HEIGHT = 18;

/** Tells "works" as soon as something is seen, "silent" while it stays black. Returns what stops it. */
export function watchCamera(
  track: MediaStreamTrack,
  tell: (found: "works" | "silent" | "missing") => void,
): () => void {
  const player = document.createElement("video");
  player.muted = true;
  player.playsInline = true;
  player.srcObject = new MediaStream([track]);
  player.play().catch(() => undefined);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let black_ms = 0;
  const timer = setInterval(() => {
    if (!context || player.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      black_ms += LOOK_EVERY_MS;
    } else {
      context.drawImage(player, 0, 0, WIDTH, HEIGHT);
      black_ms = isBlack(context.getImageData(0, 0, WIDTH, HEIGHT).data) ? black_ms + LOOK_EVERY_MS : 0;
    }
    if (black_ms === 0) tell("works");
    else if (black_ms >= BLACK_FOR_MS) tell("silent");
  }, LOOK_EVERY_MS);
  const gone = () => {
    stop();
    tell("missing");
  };
  track.addEventListener("ended", gone);
  const stop = () => {
    clearInterval(timer);
    track.removeEventListener("ended", gone);
    player.srcObject = null;
  };
  return stop;
}

/** Whether no point of the picture (red, green, blue, opacity in turn) is brighter than the dark. */
export function isBlack(points: Uint8ClampedArray): boolean {
  for (let at = 0; at < points.length; at += 4) {
    const brightest = Math.max(points[at] ?? 0, points[at + 1] ?? 0, points[at + 2] ?? 0);
    if (brightest > DARK) return false;
  }
  return true;
}
