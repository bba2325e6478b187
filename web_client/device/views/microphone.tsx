/** Step 2: a level that moves with the voice. */
import { begin, chooseMicrophone } from "../actions";
import { captureRemedy } from "../remedies";
import { family, neither, state } from "../state";
import { Choice } from "./choice";
import { Again, RemedyCard, Step, type Tone } from "./step";

export function MicrophoneStep() {
  const found = state.found.value.microphone;
  const remedy = captureRemedy("microphone", found, family);
  const track = state.microphone.value;
  const tone: Tone = found === "works" ? "good" : remedy ? "bad" : "open";
  const words =
    found === "works"
      ? "We hear you"
      : found === "silent"
        ? "Not heard yet"
        : remedy
          ? "Not working"
          : track
            ? "Say hello"
            : "Not tried yet";
  return (
    <Step name="microphone" heading="Microphone" tone={tone} words={words}>
      {track && found !== "missing" && <Level percent={state.level.value} />}
      <Choice
        name="microphone"
        label="Choose another microphone"
        devices={state.microphones.value}
        chosen={track}
        choose={chooseMicrophone}
      />
      {remedy && !neither.value && (
        <RemedyCard remedy={remedy}>
          {found !== "silent" && <Again words="Try again" press={() => void begin()} />}
        </RemedyCard>
      )}
    </Step>
  );
}

function Level({ percent }: { percent: number }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> each in its own way, some without a name
    <div
      class="mr-check__level"
      role="meter"
      aria-label="How loud we hear you"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div class="mr-check__bar" style={{ width: `${percent}%` }} />
    </div>
  );
}
