/** "What was done": one choice, and more about it in words where there is more to say. */
import { useState } from "preact/hooks";
import { useFirstField } from "./first-field";

interface WhatDoneProps<T extends string> {
  readonly id: string;
  readonly name: string;
  readonly choices: Readonly<Record<T, string>>;
  /** Gives what went wrong in words, or null when it is kept. */
  readonly onSave: (done: T, note: string | null) => Promise<string | null>;
  readonly onCancel: () => void;
}

export function WhatDone<T extends string>({ id, name, choices, onSave, onCancel }: WhatDoneProps<T>) {
  const box = useFirstField<HTMLFormElement>();
  const [done, setDone] = useState<T | "">("");
  const [note, setNote] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const save = async () => {
    if (done === "") return setFault(`Choose what was done for ${name}.`);
    setFault(await onSave(done, note.trim() || null));
  };
  return (
    <form
      ref={box}
      class="what-done"
      aria-live="off"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <DoneChoice id={id} label="What was done?" choices={choices} value={done} onChoose={setDone} />
      <DoneNote id={id} value={note} onWrite={setNote} />
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <div class="row">
        <button type="submit" class="card-button is-call">
          Save
        </button>
        <button type="button" class="card-button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface DoneChoiceProps<T extends string> {
  readonly id: string;
  readonly label: string;
  readonly choices: Readonly<Record<T, string>>;
  readonly value: T | "";
  readonly onChoose: (done: T | "") => void;
}

export function DoneChoice<T extends string>({ id, label, choices, value, onChoose }: DoneChoiceProps<T>) {
  return (
    <>
      <label for={`${id}-done`}>{label}</label>
      <select
        id={`${id}-done`}
        value={value}
        onChange={(event) => onChoose(event.currentTarget.value as T | "")}
      >
        <option value="">Choose</option>
        {(Object.keys(choices) as T[]).map((one) => (
          <option key={one} value={one}>
            {choices[one]}
          </option>
        ))}
      </select>
    </>
  );
}

interface DoneNoteProps {
  readonly id: string;
  readonly value: string;
  readonly onWrite: (note: string) => void;
}

export function DoneNote({ id, value, onWrite }: DoneNoteProps) {
  return (
    <>
      <label for={`${id}-note`}>More about it, if needed. Kept with this class.</label>
      <textarea
        id={`${id}-note`}
        rows={1}
        maxLength={1000}
        autocomplete="off"
        value={value}
        onInput={(event) => onWrite(event.currentTarget.value)}
      />
    </>
  );
}
