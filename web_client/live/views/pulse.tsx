/** What staff ask everyone at once: how much it hurts, how hard it is, or a choice of some. */
import { closeDialog, openDialog } from "../actions";
import { answerPulse } from "../patient-actions";
import type { PulseView } from "../protocol";
import { store } from "../store";
import { Dialog } from "./dialog";

/** 0 to 10: what the ends mean. */
const ENDS: Readonly<Record<PulseView["kind"], readonly [string, string]>> = {
  pain: ["no pain", "the worst pain you can think of"],
  effort: ["no effort at all", "as hard as you can"],
  poll: ["", ""],
};
const SCALE = Array.from({ length: 11 }, (_, value) => value);

/** The question beside the stage; answering is one press away. */
export function PulseCard({ pulse }: { pulse: PulseView }) {
  const answered = pulse.my_value !== null;
  return (
    <div class="card is-pulse">
      <p>
        <span class="second">{answered ? "You answered" : "A question to everyone"}</span>
        <b class="what">{answered ? answerWords(pulse) : pulse.text}</b>
      </p>
      <button
        type="button"
        class={answered ? "small-button" : "small-button is-first"}
        onClick={() => openDialog("pulse")}
      >
        {answered ? "Change" : "Answer"}
      </button>
    </div>
  );
}

export function answerWords(pulse: PulseView): string {
  if (pulse.my_value === null) return "";
  return pulse.kind === "poll" ? (pulse.options[pulse.my_value] ?? "") : `${pulse.my_value} out of 10`;
}

export function PulseDialog() {
  const pulse = store.facts.value?.pulse;
  if (!pulse || pulse.closed_at !== null) return <PulseOver />;
  const [least, most] = ENDS[pulse.kind];
  return (
    <Dialog title={pulse.text} readFirst>
      <p>
        {pulse.kind !== "poll" && (
          <>
            0 is {least}, 10 is {most}.{" "}
          </>
        )}
        Staff see what you answer. {whoElseSees(pulse)}
      </p>
      {pulse.kind === "poll" ? <Options pulse={pulse} /> : <Scale pulse={pulse} />}
      <button type="button" class="big" onClick={closeDialog}>
        <span>Not now</span>
      </button>
    </Dialog>
  );
}

/** Of few answers the group could tell whose each is. */
const whoElseSees = ({ shown_from }: PulseView) =>
  shown_from > 0
    ? `If ${shown_from} or more people answer, the group sees how many chose what.`
    : "The group sees only how many chose what.";

function PulseOver() {
  return (
    <Dialog title="This question is closed" readFirst>
      <p>You do not need to do anything.</p>
      <button type="button" class="big" onClick={closeDialog}>
        <span>Back to class</span>
      </button>
    </Dialog>
  );
}

function Scale({ pulse }: { pulse: PulseView }) {
  const [least, most] = ENDS[pulse.kind];
  return (
    <fieldset class="scale">
      <legend class="unseen">{pulse.text}</legend>
      {SCALE.map((value) => (
        <button
          key={value}
          type="button"
          aria-pressed={pulse.my_value === value}
          onClick={() => void answerPulse(pulse.id, value)}
        >
          {value}
          {value === 0 && <span class="unseen">, {least}</span>}
          {value === 10 && <span class="unseen">, {most}</span>}
        </button>
      ))}
    </fieldset>
  );
}

function Options({ pulse }: { pulse: PulseView }) {
  return (
    <>
      {pulse.options.map((words, value) => (
        <button
          key={words}
          type="button"
          class="big"
          aria-current={pulse.my_value === value}
          onClick={() => void answerPulse(pulse.id, value)}
        >
          <span>{words}</span>
        </button>
      ))}
    </>
  );
}

/** What came out of it, once it is closed: how many chose what, never who. */
export function PulseBars({ pulse }: { pulse: PulseView }) {
  if (pulse.answered < pulse.shown_from) return <FewAnswered pulse={pulse} />;
  const most = Math.max(1, ...pulse.bars);
  const names = pulse.kind === "poll" ? pulse.options : SCALE.map(String);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, where there are many answers, by keys too
    <section class="card is-pulse-over" aria-label="What the group answered" tabIndex={0}>
      <p>
        <b>{pulse.text}</b> <span class="second">{pulse.answered} answered</span>
      </p>
      <table class={`bars is-${pulse.kind}`}>
        <caption class="unseen">How many chose what</caption>
        <tbody>
          {names.map((name, value) => (
            <tr
              key={name}
              class={pulse.my_value === value ? "is-mine" : ""}
              style={{ "--share": (pulse.bars[value] ?? 0) / most }}
            >
              <th scope="row">
                {name}
                {pulse.my_value === value && <span class="unseen">, your answer</span>}
              </th>
              <td>
                <meter min={0} max={most} value={pulse.bars[value] ?? 0} aria-hidden="true" />
                <span>{pulse.bars[value] ?? 0}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function FewAnswered({ pulse }: { pulse: PulseView }) {
  return (
    <div class="card is-pulse-over">
      <p>
        <b>{pulse.text}</b>
      </p>
      <p class="second">Fewer than {pulse.shown_from} people answered, so only staff see the answers.</p>
    </div>
  );
}
