/** A drawn figure that moves its arms, whole from head to feet, as a camera track. */

export interface FigureLook {
  readonly wall: string;
  readonly top: string;
  readonly pose: "stand" | "sit";
}

const WIDTH = 640;
const HEIGHT = 360;

export function figureTrack(look: FigureLook): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  let step = 0;
  const draw = () => {
    step += 1;
    scene(pen, look, Math.sin(step / 12));
  };
  draw();
  setInterval(draw, 100);
  const track = canvas.captureStream(10).getVideoTracks()[0];
  if (!track) throw new Error("no track");
  return track;
}

function scene(pen: CanvasRenderingContext2D, look: FigureLook, swing: number): void {
  pen.fillStyle = look.wall;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = "#9a8a76";
  pen.fillRect(0, 296, WIDTH, 64);
  pen.fillStyle = "#ffffffaa";
  pen.fillRect(40, 40, 110, 120);
  const sit = look.pose === "sit" ? 34 : 0;
  limb(pen, "#8d6b4a", 10, [
    [250, 200],
    [250, 330],
  ]);
  limb(pen, "#2f3a48", 28, [
    [305, 190 + sit],
    [300, 255 + sit / 2],
    [298, 325],
  ]);
  limb(pen, "#2f3a48", 28, [
    [337, 190 + sit],
    [342, 255 + sit / 2],
    [344, 325],
  ]);
  limb(pen, look.top, 52, [
    [321, 110 + sit],
    [321, 180 + sit],
  ]);
  limb(pen, "#c98f6b", 16, [
    [296, 105 + sit],
    [250, 120 + sit - 40 * swing],
    [215, 110 + sit - 90 * swing],
  ]);
  limb(pen, "#c98f6b", 16, [
    [346, 105 + sit],
    [392, 120 + sit - 40 * swing],
    [427, 110 + sit - 90 * swing],
  ]);
  pen.fillStyle = "#c98f6b";
  pen.beginPath();
  pen.arc(321, 62 + sit, 27, 0, 7);
  pen.fill();
}

function limb(pen: CanvasRenderingContext2D, colour: string, width: number, points: number[][]): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.beginPath();
  for (const [x = 0, y = 0] of points) pen.lineTo(x, y);
  pen.stroke();
}
