/** Step 4: sound and picture through the media server and back. */
import { goRound } from "../actions";
import type { Line } from "../findings";
import { lineRemedy, slowRemedy } from "../remedies";
import { family, state } from "../state";
import { Again, RemedyCard, Step, type Tone } from "./step";

const WORDS: Readonly<Record<Line, string>> = {
  good: "Good",
  slow: "Slow",
  none: "Nothing came through",
  untried: "Not tried yet",
};

export function LineStep() {
  const { line } = state.found.value;
  const trying = state.trying.value;
  const tone: Tone = line === "good" ? "good" : line === "untried" ? "open" : "bad";
  const remedy =
    line === "none" ? lineRemedy(family, state.lineWords.value) : line === "slow" ? slowRemedy() : null;
  return (
    <Step name="line" heading="Connection" tone={tone} words={trying ? "Trying…" : WORDS[line]}>
      {trying && (
        <p>Your sound and picture go to us and come back. It takes a few seconds. Nobody sees them.</p>
      )}
      {!trying && remedy && (
        <RemedyCard remedy={remedy}>
          <Again words="Try again" press={() => void goRound()} />
        </RemedyCard>
      )}
    </Step>
  );
}
