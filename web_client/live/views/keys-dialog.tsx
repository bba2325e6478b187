/** The list of keys, under "?", and the switch for them. */
import { closeDialog, openDialog } from "../actions";
import { inClass } from "../derived";
import { KEYS } from "../keys";
import { store } from "../store";
import { Dialog } from "./dialog";

export function KeysDialog() {
  const on = store.keysOn.value;
  return (
    <Dialog title="Keys you can press" readFirst>
      <dl class={`keys ${on ? "" : "is-off"}`}>
        {Object.entries(KEYS).map(([key, { does }]) => (
          <div key={key}>
            <dt>
              <kbd>{key.toUpperCase()}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>Close what is open</dd>
        </div>
      </dl>
      <p>{on ? "They are off while you type." : "The letters and ? are off. Esc still works."}</p>
      <button type="button" class="big" onClick={closeDialog}>
        <span>Close</span>
      </button>
      <button
        type="button"
        class="big"
        onClick={() => {
          store.keysOn.value = !on;
        }}
      >
        <span>{on ? "Turn the letter keys off" : "Turn the letter keys on"}</span>
      </button>
    </Dialog>
  );
}

/** Shown only while it has the focus: for who comes by the Tab key. */
export function KeysButton() {
  if (!inClass.value) return null;
  return (
    <button type="button" class="only-focused" onClick={() => openDialog("keys")}>
      Keys you can press
    </button>
  );
}
