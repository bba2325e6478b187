/** How a patient's check-in stands, for staff: words and a shape of its own for each, never colour alone. */
import { besideOf, checkInOf } from "../derived";
import type { CheckInState } from "../protocol";

const WORDS: Readonly<Record<CheckInState, string>> = {
  not_yet: "Not checked in",
  ready: "Ready",
  held: "Held: new symptoms",
  red_flag: "Red flag",
  allowed: "Allowed by the physio",
  refused: "Not today",
};

/** Dashed ring, tick, bar across a square, flag, tick, cross. */
const SHAPES: Readonly<Record<CheckInState, string>> = {
  not_yet:
    "M12 4a8 8 0 0 1 4 1M19 8a8 8 0 0 1 1 4M19 16a8 8 0 0 1-3 3M12 20a8 8 0 0 1-4-1M5 16a8 8 0 0 1-1-4M5 8a8 8 0 0 1 3-3",
  ready: "M5 13l4 4L19 7",
  held: "M4 4h16v16H4zM9 8v8M15 8v8",
  red_flag: "M5 21V3l14 5-14 6",
  allowed: "M5 13l4 4L19 7",
  refused: "M6 6l12 12M18 6L6 18",
};

/** `compact`: the shape alone is seen, where there is little room. */
export function CheckInMark({ id, compact }: { id: string; compact?: boolean }) {
  const state = checkInOf(id)?.state;
  if (state === undefined) return null;
  return (
    <span class={`check-in-mark is-${state} ${compact ? "is-compact" : ""}`}>
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d={SHAPES[state]} />
      </svg>
      <span class={compact ? "unseen" : ""}>{WORDS[state]}</span>
    </span>
  );
}

/** The same of who sits in front of the same device, by name. */
export function BesideMark({ id }: { id: string }) {
  const beside = besideOf(id);
  if (beside === null) return null;
  return (
    <span class="by second">
      Together with {beside.full_name} on one device: <CheckInMark id={beside.person} />
    </span>
  );
}
