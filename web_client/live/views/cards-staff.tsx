/** Sending a card that says where else there is help: to one patient, or to everyone. It stays on their page. */
import { useRef, useState } from "preact/hooks";
import { newKey } from "../actions";
import { patients } from "../derived";
import type { ReadyCardView } from "../protocol";
import { sendCard } from "../pulse-actions";
import { store } from "../store";
import { useFirstField } from "./first-field";

const NO_CARD: ReadyCardView = { title: "", words: "", phone: "", address: "" };

interface SendCardFormProps {
  /** For whom it is at first; null: everyone on the course. */
  readonly person: string | null;
  readonly stop: () => void;
}

export function SendCardForm({ person: first, stop }: SendCardFormProps) {
  const ready = store.facts.value?.ready_cards ?? [];
  const [card, setCard] = useState<ReadyCardView>(ready[0] ?? NO_CARD);
  const [person, setPerson] = useState(first ?? "");
  const [fault, setFault] = useState<string | null>(null);
  const key = useRef(newKey());
  const form = useFirstField<HTMLFormElement>();
  const change = (part: Partial<ReadyCardView>) => {
    key.current = newKey();
    setCard({ ...card, ...part });
  };
  const send = async () => {
    if (!card.title.trim() || !card.words.trim()) return setFault("Write a title and what it is good for.");
    const words = await sendCard(key.current, person || null, card);
    setFault(words);
    if (words === null) stop();
  };
  return (
    <form
      ref={form}
      class="what-done"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label for="card-ready">Card</label>
      <select
        id="card-ready"
        onChange={(event) => change(ready[Number(event.currentTarget.value)] ?? NO_CARD)}
      >
        {ready.map((one, at) => (
          <option key={one.title} value={at}>
            {one.title}
          </option>
        ))}
        <option value={ready.length}>A card of your own</option>
      </select>
      <label for="card-person">For</label>
      <select id="card-person" value={person} onChange={(event) => setPerson(event.currentTarget.value)}>
        <option value="">Everyone on the course</option>
        {patients.value.map((one) => (
          <option key={one.id} value={one.id}>
            {one.full_name ?? one.name}
          </option>
        ))}
      </select>
      <Field id="title" label="Title" value={card.title} onWrite={(title) => change({ title })} />
      <Field
        id="words"
        label="What it is good for"
        value={card.words}
        onWrite={(words) => change({ words })}
      />
      <Field
        id="phone"
        label="Phone number, if any"
        value={card.phone}
        onWrite={(phone) => change({ phone })}
      />
      <Field
        id="address"
        label="Web address, if any"
        value={card.address}
        onWrite={(address) => change({ address })}
      />
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <div class="row">
        <button type="submit" class="card-button is-call">
          Send card
        </button>
        <button type="button" class="card-button" onClick={stop}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onWrite: (text: string) => void;
}

function Field({ id, label, value, onWrite }: FieldProps) {
  return (
    <>
      <label for={`card-${id}`}>{label}</label>
      <input
        id={`card-${id}`}
        type="text"
        autocomplete="off"
        value={value}
        onInput={(event) => onWrite(event.currentTarget.value)}
      />
    </>
  );
}
