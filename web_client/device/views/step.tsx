/** What all four steps look like: a heading, how it stands, and a remedy where it fails. */
import type { ComponentChildren } from "preact";
import type { Remedy } from "../remedies";
import { RemedyDrawing } from "./drawings";

export type Tone = "good" | "bad" | "open";

const SIGN: Readonly<Record<Tone, string>> = { good: "✓", bad: "!", open: "" };

interface Given {
  readonly name: string;
  readonly heading: string;
  readonly tone: Tone;
  /** How it stands, in a word or two. */
  readonly words: string;
  readonly children?: ComponentChildren;
}

export function Step({ name, heading, tone, words, children }: Given) {
  return (
    <section class="mr-check__step" aria-labelledby={`check-${name}`} data-step={name} data-tone={tone}>
      <div class="mr-check__line">
        <h2 class="nhsuk-heading-s" id={`check-${name}`} tabIndex={-1}>
          {heading}
        </h2>
        <p class={`mr-check__words is-${tone}`} role="status">
          {SIGN[tone] && (
            <span class="mr-check__sign" aria-hidden="true">
              {SIGN[tone]}
            </span>
          )}
          {words}
        </p>
      </div>
      {children}
    </section>
  );
}

export function RemedyCard({ remedy, children }: { remedy: Remedy; children?: ComponentChildren }) {
  return (
    <div class="mr-check__remedy">
      <h3 class="nhsuk-heading-xs">{remedy.headline}</h3>
      {remedy.advice.map((one) => (
        <p key={one}>{one}</p>
      ))}
      <RemedyDrawing name={remedy.drawing} />
      {remedy.steps.length > 0 && (
        <ol class="nhsuk-list nhsuk-list--number">
          {remedy.steps.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ol>
      )}
      {children}
    </div>
  );
}

export function Again({ words, press }: { words: string; press: () => void }) {
  return (
    <button type="button" class="nhsuk-button nhsuk-button--secondary mr-check__again" onClick={press}>
      {words}
    </button>
  );
}
