/** How a connection is: bars to see at a glance, always beside words. */
import { lead, ownLine, picturesWithheld } from "../derived";
import { wordsForPatient } from "../line-words";
import type { LineView } from "../protocol";
import { ringIf } from "../updating";
import { capital } from "../words";
import { Said } from "./said";

const IF_IT_STAYS = "If it does not get better";
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
  const words = wordsForPatient(line, physio());
  const poor = levelOf(line) === "poor";
  const withheld = picturesWithheld.value;
  return (
    <div class={`card is-line ${poor ? "is-poor" : ""} ${withheld ? "is-withheld" : ""}`}>
      <p class="line-what">
        <LineBars level={levelOf(line)} />
        <b>{withheld ? "You do not need to press anything." : words.what}</b>
      </p>
      <p class="second">
        <span class="line-next">{words.next}</span>
        {poor && <Said text={ringIf(IF_IT_STAYS)} />}
      </p>
    </div>
  );
}

/** The same while the drawer covers the card: only what must not be missed. */
export function PoorLine({ line }: { line: LineView }) {
  return (
    <div class="card is-line is-poor">
      <p class="line-what">
        <LineBars level="poor" />
        <span>
          <b>{wordsForPatient(line, physio()).what}</b>
          <Said text={ringIf(IF_IT_STAYS)} />
        </span>
      </p>
    </div>
  );
}

/** For screen readers, when it changes: the card itself is not read out. */
export function saidOfLine(): string {
  const line = ownLine.value;
  if (!line) return "";
  const { what, next } = wordsForPatient(line, physio());
  return levelOf(line) === "poor" ? `${what} ${next}${ringIf(IF_IT_STAYS)}` : what;
}

const physio = () => capital(lead.value?.name ?? "your physio");
