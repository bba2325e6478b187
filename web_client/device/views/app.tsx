/** The device check: one page, four steps. */
import { begin } from "../actions";
import { listed } from "../findings";
import { missing, neither, state } from "../state";
import { CameraStep } from "./camera";
import { LineStep } from "./line";
import { MicrophoneStep } from "./microphone";
import { SoundStep } from "./sound";
import { Again, RemedyCard } from "./step";

export function App() {
  return (
    <div class="mr-check">
      {!state.begun.value && <Start />}
      <CameraStep />
      <MicrophoneStep />
      <Neither />
      <SoundStep />
      <LineStep />
      <Summary />
    </div>
  );
}

function Start() {
  const start = () => {
    void begin();
    document.getElementById("check-camera")?.focus();
  };
  return (
    <>
      <p>Your browser will ask to use your camera and microphone. Choose Allow.</p>
      <div class="mr-main-action">
        <button type="button" class="nhsuk-button" onClick={start}>
          Turn on camera and microphone
        </button>
      </div>
    </>
  );
}

/** One box for both: the same words twice would hide what differs. */
function Neither() {
  const remedy = neither.value;
  if (!remedy) return null;
  return (
    <RemedyCard remedy={remedy}>
      <Again words="Try again" press={() => void begin()} />
    </RemedyCard>
  );
}

function Summary() {
  const names = missing.value;
  if (!state.begun.value || state.asking.value || state.trying.value) return <div role="status" />;
  return (
    <div class="mr-check__summary" role="status">
      <p>
        {names.length === 0
          ? "Everything works. You are ready for class."
          : `Not ready yet: ${listed(names)}. You can go on all the same: staff see it and can help you.`}
      </p>
    </div>
  );
}
