/** Step 3: a test sound, and whether it was heard. */
import { heardSound, playSound } from "../actions";
import { soundRemedy } from "../remedies";
import { family, state } from "../state";
import { Again, RemedyCard, Step, type Tone } from "./step";

export function SoundStep() {
  const { sound } = state.found.value;
  const tone: Tone = sound === "heard" ? "good" : sound === "not_heard" ? "bad" : "open";
  const words = sound === "heard" ? "You hear us" : sound === "not_heard" ? "Not heard" : "Not tried yet";
  const playing = state.playing.value;
  const again = state.played.value;
  return (
    <Step name="sound" heading="Sound" tone={tone} words={words}>
      <Again
        words={playing ? "Playing…" : again ? "Play it again" : "Play a test sound"}
        press={() => void playSound()}
      />
      {again && (
        <fieldset class="mr-check__question">
          <legend class="nhsuk-label">Did you hear it?</legend>
          <Answer words="Yes" chosen={sound === "heard"} press={() => heardSound(true)} />
          <Answer words="No" chosen={sound === "not_heard"} press={() => heardSound(false)} />
        </fieldset>
      )}
      {sound === "not_heard" && <RemedyCard remedy={soundRemedy(family)} />}
    </Step>
  );
}

function Answer({ words, chosen, press }: { words: string; chosen: boolean; press: () => void }) {
  return (
    <button
      type="button"
      class="nhsuk-button nhsuk-button--secondary mr-check__answer"
      aria-pressed={chosen}
      onClick={press}
    >
      {words}
    </button>
  );
}
