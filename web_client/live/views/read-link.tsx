/** To the page on which stands what a patient said at check-in, and on which the physio decides. */
import type { CheckInView } from "../protocol";
import { store } from "../store";

export function ReadLink({ view, button }: { view: CheckInView; button?: boolean }) {
  const classId = store.facts.value?.class_id;
  return (
    <a
      class={button ? "card-button" : ""}
      href={`/staff/classes/${classId}/patients/${view.person}`}
      target="_blank"
      rel="noreferrer"
    >
      Read what {view.name} said<span class="unseen"> (opens another tab)</span>
    </a>
  );
}
