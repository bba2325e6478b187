/** Taking somebody out of class: why, and what they are told. Staff can let them back. */
import { useState } from "preact/hooks";
import type { PersonView, TurnedReason } from "../protocol";
import { removePerson } from "../staff-actions";
import { store } from "../store";
import { useFirstField } from "./first-field";
import { useOpenCall } from "./open-call";
import { Writing } from "./writing";

type Reason = Exclude<TurnedReason, "late">;

const REASONS: Readonly<Record<Reason, { words: string; told: string }>> = {
  unwell: {
    words: "Not well enough to go on",
    told: "It is safer for you to stop for today. Please rest. We will ring you.",
  },
  identity: {
    words: "Not sure who it is",
    told: "We could not be sure who you are. Please ring us, and we will help you.",
  },
  other: { words: "Another reason", told: "" },
};

export function RemoveForm({ person, close }: { person: PersonView; close: () => void }) {
  const [reason, setReason] = useState<Reason>("unwell");
  const box = useFirstField<HTMLDivElement>();
  const call = useOpenCall(person.id, person.name);
  const id = `remove-${person.id}`;
  const remove = async (text: string) => {
    if (call.missing) return call.missing;
    const fault = await removePerson(person.id, reason, text, call.done);
    if (fault === null) store.selectedSeat.value = null;
    return fault;
  };
  return (
    <div ref={box} class="refuse">
      <label for={`${id}-reason`}>Why do you take {person.name} out of class?</label>
      <select
        id={`${id}-reason`}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value as Reason)}
      >
        {(Object.keys(REASONS) as Reason[]).map((one) => (
          <option key={one} value={one}>
            {REASONS[one].words}
          </option>
        ))}
      </select>
      {call.choice}
      <Writing
        key={reason}
        id={id}
        box={`${id}-${reason}`}
        label={`What ${person.name} is told`}
        hint="Short and plain"
        button="Take out"
        initial={REASONS[reason].told}
        onCancel={close}
        onSend={remove}
      />
    </div>
  );
}
