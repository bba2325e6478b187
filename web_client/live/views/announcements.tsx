/** News for screen readers, which read what is added and leave the focus where it is. */
import { announced } from "../announced";

export function Announcements() {
  return (
    <div class="unseen" role="status" aria-live="polite" aria-atomic="false">
      {announced.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
