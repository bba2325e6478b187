/** Before the only member of staff talks in private: nobody would hear the group meanwhile. */
import { closeDialog } from "../actions";
import { takeAside } from "../staff-actions";
import { store } from "../store";
import { Dialog } from "./dialog";

const WORDS = "aside-words";

export function AsideDialog() {
  const person = store.people.value.get(store.askedAside.value ?? "");
  if (!person) return null;
  const go = () => {
    closeDialog();
    void takeAside(person.id);
  };
  return (
    <Dialog title={`Talk in private with ${person.name}?`} describedBy={WORDS}>
      <p id={WORDS}>
        Nobody of staff will hear the group. Ask them to rest first. You will see them, and they will not see
        or hear you.
      </p>
      <button type="button" class="big" onClick={closeDialog}>
        <span>Stay with the group</span>
      </button>
      <button type="button" class="big go" onClick={go}>
        <span>They rest: talk in private</span>
      </button>
    </Dialog>
  );
}
