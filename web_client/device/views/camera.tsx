/** Step 1: the own picture, as in a mirror, and another camera. */
import { useEffect, useRef } from "preact/hooks";
import { begin, chooseCamera } from "../actions";
import { captureRemedy } from "../remedies";
import { family, neither, state } from "../state";
import { Choice } from "./choice";
import { Again, RemedyCard, Step, type Tone } from "./step";

export function CameraStep() {
  const found = state.found.value.camera;
  const remedy = captureRemedy("camera", found, family);
  const track = state.camera.value;
  const tone: Tone = found === "works" ? "good" : remedy ? "bad" : "open";
  const words =
    found === "works"
      ? "Working"
      : remedy
        ? "Not working"
        : state.asking.value
          ? "Choose Allow"
          : "Not tried yet";
  return (
    <Step name="camera" heading="Camera" tone={tone} words={words}>
      {track && <Mirror track={track} />}
      {track && found === "works" && (
        <p>Is this what you see? Stand back so that we can see you from head to knees.</p>
      )}
      <Choice
        name="camera"
        label="Choose another camera"
        devices={state.cameras.value}
        chosen={track}
        choose={chooseCamera}
      />
      {remedy && !neither.value && (
        <RemedyCard remedy={remedy}>
          {found !== "silent" && <Again words="Try again" press={() => void begin()} />}
        </RemedyCard>
      )}
    </Step>
  );
}

function Mirror({ track }: { track: MediaStreamTrack }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (!video.current) return;
    video.current.srcObject = new MediaStream([track]);
    video.current.play().catch(() => undefined);
  }, [track]);
  return (
    <video class="mr-check__mirror" ref={video} muted playsInline autoPlay aria-label="Your own picture" />
  );
}
