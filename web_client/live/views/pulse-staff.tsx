/** Asking everyone at once: how much it hurts, how hard it is, or what they choose; and what they answer. */
import { useRef, useState } from "preact/hooks";
import { newKey } from "../actions";
import { patients } from "../derived";
import type { PulseKind, PulseView } from "../protocol";
import { askPulse, closePulse } from "../pulse-actions";
import { openPulse } from "../staff-derived";
import { store } from "../store";
import { Anchored } from "./anchored";
import { useFirstField } from "./first-field";

const FEWEST = 2;
const MOST = 6;

export function PulseControl() {
  const pulse = store.facts.value?.pulse ?? null;
  const open = openPulse.value;
  const label = open ? `${open.answered} of ${open.of} answered` : "Ask everyone";
  return (
    <Anchored id="pulse-panel" icon="chart" label={label} open={store.pulsePanelOpen} above>
      {open ? (
        <Bars pulse={open} />
      ) : (
        <>
          <AskForm />
          {pulse && <Bars pulse={pulse} />}
        </>
      )}
    </Anchored>
  );
}

/** The usual two by one press; anything else as a poll. */
function AskForm() {
  const [poll, setPoll] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const send = async (kind: PulseKind, text: string, options: string[] = [], key = newKey()) => {
    const words = await askPulse(key, kind, text, options);
    setFault(words);
    return words;
  };
  if (poll) return <PollForm send={send} stop={() => setPoll(false)} />;
  return (
    <>
      <button type="button" class="card-button" onClick={() => void send("effort", EFFORT)}>
        <span>
          Ask effort 0 to 10<small>“{EFFORT}”</small>
        </span>
      </button>
      <button type="button" class="card-button" onClick={() => void send("pain", PAIN)}>
        <span>
          Ask pain 0 to 10<small>“{PAIN}”</small>
        </span>
      </button>
      <button type="button" class="card-button" onClick={() => setPoll(true)}>
        Ask something else
      </button>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </>
  );
}

const EFFORT = "How hard is it for you now?";
const PAIN = "How much does it hurt now?";

interface PollFormProps {
  readonly send: (kind: PulseKind, text: string, options: string[], key: string) => Promise<string | null>;
  readonly stop: () => void;
}

function PollForm({ send, stop }: PollFormProps) {
  const [text, setText] = useState("");
  const [options, setOptions] = useState<readonly string[]>(["Yes", "No"]);
  const [fault, setFault] = useState<string | null>(null);
  const key = useRef(newKey());
  const form = useFirstField<HTMLFormElement>();
  const put = (at: number, words: string) => setOptions(options.map((one, i) => (i === at ? words : one)));
  const submit = async () => {
    const given = options.map((one) => one.trim()).filter(Boolean);
    if (!text.trim()) return setFault("Write the question.");
    if (given.length < FEWEST) return setFault("Write at least two answers to choose from.");
    setFault(await send("poll", text.trim(), given, key.current));
  };
  return (
    <form
      ref={form}
      class="what-done"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label for="poll-text">Question for everyone</label>
      <textarea
        id="poll-text"
        rows={1}
        maxLength={1000}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {options.map((words, at) => (
        <span class="option" key={at}>
          <label for={`poll-${at}`}>Answer {at + 1}</label>
          <input
            id={`poll-${at}`}
            type="text"
            maxLength={60}
            value={words}
            onInput={(event) => put(at, event.currentTarget.value)}
          />
        </span>
      ))}
      {options.length < MOST && (
        <button type="button" class="cancel" onClick={() => setOptions([...options, ""])}>
          One more answer
        </button>
      )}
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <div class="row">
        <button type="submit" class="card-button is-call">
          Ask
        </button>
        <button type="button" class="card-button" onClick={stop}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** How many chose what; who has not answered by name. */
function Bars({ pulse }: { pulse: PulseView }) {
  const most = Math.max(1, ...pulse.bars);
  const labels = pulse.kind === "poll" ? pulse.options : pulse.bars.map((_, value) => String(value));
  const missing = patients.value
    .filter((one) => pulse.missing.includes(one.id))
    .sort((a, b) => (a.seat ?? 99) - (b.seat ?? 99))
    .map((one) => one.name);
  return (
    <section class="pulse-result" aria-label="Answers">
      <p>
        <b>{pulse.text}</b> {pulse.answered} of {pulse.of} answered.
      </p>
      <ul class={pulse.kind === "poll" ? "bars is-poll" : "bars"}>
        {labels.map((label, at) => (
          <li key={label}>
            <span class="bar-label">{label}</span>
            <span class="bar" style={{ "--share": (pulse.bars[at] ?? 0) / most }} />
            <span class="bar-count">{pulse.bars[at] ?? 0}</span>
          </li>
        ))}
      </ul>
      {missing.length > 0 && <p>No answer yet: {missing.join(", ")}.</p>}
      {pulse.closed_at === null && (
        <button type="button" class="card-button" onClick={() => void closePulse(pulse.id)}>
          {pulse.answered < pulse.shown_from
            ? `Close. Fewer than ${pulse.shown_from} answered: only staff see this`
            : "Close and show the group how many chose what"}
        </button>
      )}
    </section>
  );
}
