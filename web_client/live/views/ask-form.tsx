/** Asking: the words, and who sees them. What is chosen stays chosen: the next one is most likely of its kind. */
import { useState } from "preact/hooks";
import { lead } from "../derived";
import type { QuestionTo } from "../protocol";
import { type AskedAs, store } from "../store";
import { ask } from "../talk-actions";
import { capital } from "../words";
import { useFirstField } from "./first-field";
import { Writing } from "./writing";

export function AskForm() {
  const as = store.askedAs.value;
  const setAs = (chosen: AskedAs) => {
    store.askedAs.value = chosen;
  };
  const [choosing, setChoosing] = useState(false);
  return (
    <Writing
      id="question"
      label="Ask a question"
      hint="Type your question"
      button="Ask"
      below={
        <>
          {whoReads(as)}{" "}
          <button
            type="button"
            class="text-button"
            aria-expanded={choosing}
            onClick={() => setChoosing(!choosing)}
          >
            {choosing ? "Done" : "Change who sees it"}
          </button>
        </>
      }
      above={choosing ? <WhoSeesIt as={as} choose={setAs} /> : undefined}
      onSend={(text, key) => ask(text, key, as)}
    />
  );
}

/** What is true of a question asked so. */
export function whoReads({ to, anonymous }: AskedAs): string {
  if (to === "staff") return "Only staff can read it.";
  const name = anonymous ? "without your name. Staff see who asked" : "with your name";
  if (store.facts.value?.questions_held)
    return `Staff read it first. Then everyone in class can read it, ${name}.`;
  return to === "group"
    ? `Everyone in class can read and answer it, ${name}.`
    : `Everyone in class can read it, ${name}.`;
}

function WhoSeesIt({ as, choose }: { as: AskedAs; choose: (as: AskedAs) => void }) {
  const box = useFirstField<HTMLFieldSetElement>();
  const physio = capital(lead.value?.name ?? "your physio");
  const held = store.facts.value?.questions_held;
  const read = held ? "Staff read it first. Then everyone in class can." : "Everyone in class can read it.";
  const toGroup: [QuestionTo, string, string] = [
    "group",
    "Everyone in the group",
    "Others in class can answer, too.",
  ];
  const kinds: readonly [QuestionTo, string, string][] = [
    ["physio", `${physio}, in front of the group`, read],
    ...(held ? [] : [toGroup]),
    ["staff", "Only staff", "Nobody else ever sees it."],
  ];
  return (
    <fieldset ref={box} class="choices">
      <legend>Who is it for?</legend>
      {kinds.map(([to, words, more]) => (
        <label key={to} class="choice">
          <input
            type="radio"
            name="question-to"
            checked={as.to === to}
            onChange={() => choose({ ...as, to })}
          />
          <span>
            {words}
            <small>{more}</small>
          </span>
        </label>
      ))}
      {as.to !== "staff" && (
        <label class="choice">
          <input
            type="checkbox"
            checked={as.anonymous}
            onChange={(event) => choose({ ...as, anonymous: event.currentTarget.checked })}
          />
          <span>
            Do not show my name to the group<small>Staff see who asked.</small>
          </span>
        </label>
      )}
    </fieldset>
  );
}
