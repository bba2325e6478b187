/** How a connection is: bars to see at a glance, always beside words. */
import { lead, ownLine, picturesWithheld } from "../derived";
import { wordsForPatient } from "../line-words";
import type { LineView } from "../protocol";
import { ringIf } from "../updating";
import { capital } from "../words";
import { Said } from "./said";

const BARS = [
  { x: 3, height: 6 },
  { x: 10, height: 12 },
  { x: 17, height: 18 },
];
const FILLED: Readonly<Record<LineView["level"], number>> = { poor: 1, fair: 2, good: 3 };

/** Three bars; those that are missing stay as outlines. */
export function LineBars({ level }: { level: LineView["level"] }) {
  return (
    <svg class="icon line-bars" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {BARS.map(({ x, height }, at) => (
        <rect
          key={x}
          x={x}
          y={21 - height}
          width="4"
          height={height}
          class={at < FILLED[level] ? "is-filled" : ""}
        />
      ))}
    </svg>
  );
}

/** Sound only counts as the lowest level, whatever else is told. */
export function levelOf(line: LineView | null): LineView["level"] {
  return line?.sound_only ? "poor" : (line?.level ?? "good");
}

/** To the patient, beside the stage: what is so, and what she can do. */
export function LineCard({ line }: { line: LineView }) {
  const words = wordsForPatient(line, capital(lead.value?.name ?? "your physio"));
  const poor = levelOf(line) === "poor";
  const withheld = picturesWithheld.value;
  return (
    <div class={`card is-line ${poor ? "is-poor" : ""} ${withheld ? "is-withheld" : ""}`}>
      <p class="line-what">
        <LineBars level={levelOf(line)} />
        <b>{withheld ? "You do not need to press anything." : words.what}</b>
      </p>
      <p class="second">
        <Said text={`${words.next}${poor ? ringIf("If it does not get better") : ""}`} />
      </p>
    </div>
  );
}

/** For screen readers, when it changes: the card itself is not read out. */
export function saidOfLine(): string {
  const line = ownLine.value;
  return line ? wordsForPatient(line, capital(lead.value?.name ?? "your physio")).what : "";
}
