/**
 * The small pictures: the own one, what is beside the stage (a patient whom everyone sees, what staff show of a
 * second camera or a screen, one more of the staff), and the classmates who have chosen to be seen.
 */
import { personInSlot, picturesOff, serverNow_ms, sideIs } from "../derived";
import type { PersonView } from "../protocol";
import { inQueue, signalWords } from "../signals";
import { nameAndRole } from "../words";
import { Icon } from "./icons";
import { OwnPicture } from "./own-picture";
import { SlotVideo } from "./video";

const MATE_SLOTS = ["mate0", "mate1", "mate2", "mate3"];

/** What everyone is meant to look at has the larger place. */
export const hasLargeSide = () => sideIs.value !== null && sideIs.value !== "colleague";

export function Strip() {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="views" aria-label="Small pictures" tabIndex={0}>
      <OwnPicture />
      <Side />
      <Mates />
    </section>
  );
}

function Side() {
  const person = personInSlot("side");
  if (!person) return null;
  const kind = sideIs.value;
  const on = person.side_view !== null || person.camera_on;
  return (
    <figure class={`picture is-side ${hasLargeSide() ? "is-large" : ""}`}>
      <Frame slot="side" person={person} on={on} />
      <figcaption>
        <span class="who">{sideName(person, kind)}</span>
        {kind === "spotlight" && <span class="note">Everyone sees {person.name}</span>}
      </figcaption>
    </figure>
  );
}

function sideName(person: PersonView, kind: typeof sideIs.value): string {
  if (kind === "camera") return `${person.name}’s second camera`;
  if (kind === "screen") return `${person.name}’s screen`;
  return nameAndRole(person.name, person.role);
}

function Frame({ slot, person, on }: { slot: string; person: PersonView; on: boolean }) {
  return (
    <div class="frame">
      <SlotVideo slot={slot} person={person.id} />
      {(!on || picturesOff.value) && (
        <div class="no-picture">
          <span>{on ? "Sound only" : "Camera off"}</span>
        </div>
      )}
    </div>
  );
}

/** No one, until a classmate has chosen to be seen. */
function Mates() {
  const filled = MATE_SLOTS.filter((slot) => personInSlot(slot));
  if (filled.length === 0) return null;
  return (
    <div class="mates">
      {filled.map((slot) => (
        <Mate key={slot} slot={slot} />
      ))}
    </div>
  );
}

function Mate({ slot }: { slot: string }) {
  const person = personInSlot(slot);
  if (!person) return null;
  const sign = signalWords(person, serverNow_ms.value);
  return (
    <figure class="picture is-mate">
      <Frame slot={slot} person={person} on={person.camera_on} />
      <figcaption>
        <span class="who">{person.name}</span>
        {person.hand !== null && (
          <span class="note">
            <Icon name="hand" />
            <span class="unseen">Hand up, </span>
            {inQueue(person.hand)}
          </span>
        )}
        {sign && <span class="note is-sign">{sign}</span>}
      </figcaption>
    </figure>
  );
}
