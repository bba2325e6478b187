/** "Let the group see you?": until she says yes, staff only. */
import { inSpotlight } from "../derived";
import { showMe } from "../patient-actions";
import { store } from "../store";
import { Dialog } from "./dialog";
import { Icon } from "./icons";

export function WhoSeesDialog() {
  const seen = store.me.value?.seen_by_group ?? false;
  return (
    <Dialog title="Let the group see you?" readFirst>
      <p>
        {seen ? "The group can see you now." : "Only staff can see you now."} You can change this at any time.
      </p>
      {inSpotlight.value && (
        <p>
          <b>Everyone sees you large at the moment.</b> “No, staff only” ends that, too.
        </p>
      )}
      <button type="button" class="big" aria-current={seen} onClick={() => void showMe(true)}>
        <Icon name="eye" />
        <span>
          Yes, let them<small>Others in class may see your picture, with your first name.</small>
        </span>
      </button>
      <button type="button" class="big" aria-current={!seen} onClick={() => void showMe(false)}>
        <Icon name="lock" />
        <span>
          No, staff only<small>Your physio and helpers go on seeing you.</small>
        </span>
      </button>
    </Dialog>
  );
}
