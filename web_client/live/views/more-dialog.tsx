/** What a patient needs seldom: sound only, and the keys. */
import { closeDialog, openDialog, toggleSoundOnly } from "../actions";
import { lead } from "../derived";
import { store } from "../store";
import { Dialog } from "./dialog";
import { Icon } from "./icons";

export function MoreDialog() {
  const on = store.soundOnly.value;
  const physio = lead.value?.name ?? "your physio";
  return (
    <Dialog title="More" readFirst>
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
