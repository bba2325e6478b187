/** A patient in class. */
import { personInSlot, picturesOff, type Trouble, trouble } from "../derived";
import { store } from "../store";
import { connectingAgain, updatingWords } from "../updating";
import { clockTime, nameAndRole } from "../words";
import {
  AskControl,
  CameraControl,
  HelpControl,
  LeaveControl,
  MicrophoneControl,
  MoreControl,
} from "./controls";
import { Drawer } from "./drawer";
import { saidOfLine } from "./line-quality";
import { NowCard, warned } from "./now-card";
import { OwnPicture } from "./own-picture";
import { Stage } from "./stage";
import { SlotVideo } from "./video";

const MATE_SLOTS = ["mate0", "mate1", "mate2", "mate3"];

export function PatientClass() {
  const open = store.drawer.value !== null;
  return (
    <div
      class={`class ${open ? "has-drawer" : ""} ${warned.value ? "is-warned" : ""}`}
      data-place={store.me.value?.place}
    >
      <ClassHeading />
      <LeaveControl />
      <Where />
      <Stage />
      <NowCard />
      <div class="views">
        <OwnPicture />
        <PersonPicture slot="side" />
        <Mates />
      </div>
      <nav class="controls" aria-label="Controls">
        <MicrophoneControl />
        <CameraControl />
        <AskControl />
        <MoreControl />
      </nav>
      {open && <Drawer />}
      <HelpControl />
      <div class="unseen" role="status">
        {saidOfTrouble(trouble.value)}
      </div>
    </div>
  );
}

/** For screen readers; the time that runs is left out. */
function saidOfTrouble(state: Trouble): string {
  if (state === "updating") return updatingWords();
  if (state === "signalling") return connectingAgain();
  if (state === "none") return saidOfLine();
  return "We have lost you for a moment. Stop and sit down. We are trying to bring you back.";
}

/** For screen readers: which page this is. */
function ClassHeading() {
  const facts = store.facts.value;
  if (!facts) return null;
  return <h1 class="unseen">{`${facts.title}, class ${facts.number} of ${facts.of}`}</h1>;
}

export function Where() {
  const facts = store.facts.value;
  if (!facts) return null;
  return (
    <div class="where">
      <b>
        Class {facts.number} of {facts.of}
      </b>
      <span>{clockTime(store.now.value + store.clockOffset_ms.value)}</span>
    </div>
  );
}

/** Someone small beside the own picture: the other of the staff, or a classmate who chose to be seen. */
function PersonPicture({ slot }: { slot: string }) {
  const person = personInSlot(slot);
  if (!person) return null;
  return (
    <figure class="picture">
      <div class="frame">
        <SlotVideo slot={slot} person={person.id} />
        {(!person.camera_on || picturesOff.value) && (
          <div class="no-picture">
            <span>{person.camera_on ? "Sound only" : "Camera off"}</span>
          </div>
        )}
      </div>
      <figcaption>
        <span class="who">{nameAndRole(person.name, person.role)}</span>
      </figcaption>
    </figure>
  );
}

/** No one, until a classmate has chosen to be seen. */
function Mates() {
  const filled = MATE_SLOTS.filter((slot) => personInSlot(slot));
  if (filled.length === 0) return null;
  return (
    <div class="mates">
      {filled.map((slot) => (
        <PersonPicture key={slot} slot={slot} />
      ))}
    </div>
  );
}
