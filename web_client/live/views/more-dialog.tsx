/** What a patient needs seldom: a short sign to staff, cards, sound only, and the keys. */
import { closeDialog, openDialog, toggleSoundOnly } from "../actions";
import { inClass, lead } from "../derived";
import { sendSignal } from "../patient-actions";
import type { SignalKind } from "../protocol";
import { SIGNAL_WORDS } from "../signals";
import { store } from "../store";
import { Dialog } from "./dialog";
import { Icon } from "./icons";

export function MoreDialog() {
  const on = store.soundOnly.value;
  const physio = lead.value?.name ?? "your physio";
  const cards = store.facts.value?.cards.length ?? 0;
  return (
    <Dialog title="More" readFirst>
      {inClass.value && <Signs physio={physio} />}
      {cards > 0 && (
        <button type="button" class="big" onClick={() => openDialog("cards")}>
          <Icon name="card" />
          <span>
            {cards === 1 ? "A card from staff" : `${cards} cards from staff`}
            <small>Where else there is help</small>
          </span>
        </button>
      )}
      <button type="button" class="big" onClick={toggleSoundOnly}>
        <Icon name={on ? "picture" : "sound"} />
        <span>
          {on ? "Show the pictures again" : "Sound only"}
          <small>
            {on
              ? "The pictures are off now."
              : `Turns the pictures off. You still hear ${physio}. Good when your connection is slow, or to save mobile data.`}
          </small>
        </span>
      </button>
      <button type="button" class="big" onClick={() => openDialog("keys")}>
        <span>Keys you can press</span>
      </button>
      <button type="button" class="big" onClick={closeDialog}>
        <span>Close</span>
      </button>
    </Dialog>
  );
}

/** Shown beside one's name for a while; nothing lies over a picture. */
function Signs({ physio }: { physio: string }) {
  return (
    <fieldset class="signs">
      <legend>Tell {physio} without a word</legend>
      {(Object.keys(SIGNAL_WORDS) as SignalKind[]).map((kind) => (
        <button key={kind} type="button" onClick={() => void sendSignal(kind)}>
          {kind === "smile" ? "A smile" : SIGNAL_WORDS[kind]}
        </button>
      ))}
    </fieldset>
  );
}
