/** The stage: the physio, whole, large, with nothing over her but her name; or in words why she is not there. */
import { useState } from "preact/hooks";
import { toggleSoundOnly } from "../actions";
import { lead, leadAside, personInSlot, picturesOff, trouble } from "../derived";
import { SOUND_ONLY } from "../line-words";
import { store } from "../store";
import { capital, nameAndRole } from "../words";
import { SlotVideo } from "./video";

export function Stage() {
  const [shown, setShown] = useState(false);
  const person = personInSlot("stage");
  const lost = trouble.value === "lost" || trouble.value === "told";
  const off = picturesOff.value;
  const visible = shown && !off && person?.camera_on && person.place === "in_class";
  return (
    <main class="stage" aria-label="Stage">
      <SlotVideo slot="stage" person={off ? null : (person?.id ?? null)} onPicture={setShown} />
      {!lost && !visible && (off ? <SoundOnly /> : <StageWords />)}
      {!lost && !off && person && <span class="chip">{nameAndRole(person.name, person.role)}</span>}
      {lost && <LostVeil />}
    </main>
  );
}

function StageWords() {
  const person = personInSlot("stage");
  return (
    <div class="veil">
      <b>{person ? wordsFor(person.name, person.camera_on, person.place === "dropped") : absent()}</b>
      {person && !person.camera_on && person.microphone_on && person.place === "in_class" && (
        <span>You can still hear {person.name}.</span>
      )}
    </div>
  );
}

/** The line is too slow for a picture, or the person has turned the pictures off. */
function SoundOnly() {
  if (!store.soundOnly.value) {
    return (
      <div class="veil">
        <b>Sound only for now</b>
        <span>{SOUND_ONLY}</span>
      </div>
    );
  }
  const name = personInSlot("stage")?.name ?? lead.value?.name ?? "your physio";
  const seen = store.wish.value.camera && store.devices.value.camera !== null;
  return (
    <div class="veil">
      <b>Sound only</b>
      <span>You turned the pictures off. You still hear {name}.</span>
      {seen && <span>{capital(name)} still sees you. To stop that, press Camera.</span>}
      <button type="button" class="small-button" onClick={toggleSoundOnly}>
        Show the pictures again
      </button>
    </div>
  );
}

function wordsFor(name: string, cameraOn: boolean, dropped: boolean): string {
  if (dropped) return `${name} has lost the connection and is coming back`;
  if (!cameraOn) return `${name}’s camera is off`;
  return "The picture is coming";
}

function absent(): string {
  if (store.media.value === "connecting" || store.media.value === "none") return "The picture is coming";
  const away = leadAside.value;
  if (away) return `${away.name} is talking with somebody alone, and will be back`;
  return lead.value ? "The picture is coming" : "Your physio is not in class at the moment";
}

function LostVeil() {
  const updating = store.updatingSince.value !== null;
  return (
    <div class="veil is-lost">
      <div class="spin" />
      <b>{updating ? "We are updating Moveroom" : "We have lost you for a moment"}</b>
      <span>Stop and sit down. We are trying to bring you back. You do not need to press anything.</span>
    </div>
  );
}
