/** The line below a patient's picture: who it is, what is on, how the connection is. It is the tile's button. */
import { concernOf, lineOf, serverNow_ms } from "../derived";
import { shortWords } from "../line-words";
import type { PersonView } from "../protocol";
import { inQueue, signalWords } from "../signals";
import { pulseMarkOf } from "../staff-derived";
import { store } from "../store";
import { CheckInMark } from "./check-in-mark";
import { Icon } from "./icons";
import { LineBars, levelOf } from "./line-quality";

interface TileFootProps {
  readonly seat: number;
  readonly person: PersonView;
  readonly large: boolean;
}

/** Pressed: shows the picture large, or small again. */
export function TileFoot({ seat, person, large }: TileFootProps) {
  const concern = concernOf(person.id);
  const line = lineOf(person.id);
  const here = person.place === "in_class";
  const press = () => {
    if (!here) return;
    store.selectedSeat.value = large ? null : seat;
  };
  return (
    <button
      type="button"
      class="tile-foot"
      aria-expanded={here ? large : undefined}
      // Not disabled: the keyboard would lose its place when this patient drops out.
      aria-disabled={!here}
      onClick={press}
    >
      <span class="tile-name">{person.name}</span>
      <Pulse id={person.id} />
      {concern && <CheckInMark id={concern.person} compact />}
      <Marks person={person} />
      {here && (
        <>
          <Icon name={person.microphone_on ? "microphone" : "microphoneOff"} />
          <span class="unseen">{person.microphone_on ? "microphone on" : "microphone off"}</span>
          {!person.camera_on && <Icon name="cameraOff" />}
          <span class="unseen">{person.camera_on ? "camera on" : "camera off"}</span>
          <LineBars level={levelOf(line)} />
          <span class="unseen">{line ? shortWords(line) : "Good connection"}</span>
        </>
      )}
    </button>
  );
}

/** What was answered, or that it was not: in words, and by colour. */
function Pulse({ id }: { id: string }) {
  const mark = pulseMarkOf(id);
  if (mark === null) return null;
  return (
    <span class={`pill is-pulse is-${mark.level}`}>
      <span class="long">{mark.words}</span>
      <span class="short" aria-hidden="true">
        {mark.short}
      </span>
    </span>
  );
}

/** What must be noticed of this patient: one below the other, in the corner that the body leaves free. */
function Marks({ person }: { person: PersonView }) {
  const sign = signalWords(person, serverNow_ms.value);
  const line = lineOf(person.id);
  const here = person.place === "in_class";
  return (
    <span class="marks">
      {here && person.hand !== null && (
        <span class="pill is-hand">
          <Icon name="hand" />
          <span class="unseen">Hand up, </span>
          {person.hand === 1 ? "1st" : inQueue(person.hand)}
        </span>
      )}
      {here && sign !== null && <span class="pill is-sign">{sign}</span>}
      {person.other_device && <OtherDevice />}
      {person.muted_by_staff && (
        <span class="pill">
          Muted<span class="unseen"> for the group</span>
        </span>
      )}
      {here && person.sound_only && <span class="pill is-chosen">Sound only</span>}
      {here && line && levelOf(line) === "poor" && (
        <span class="pill" aria-hidden="true">
          {shortWords(line)}
        </span>
      )}
    </span>
  );
}

/** This person is at the door on another device, and is asked which it shall be. */
function OtherDevice() {
  return (
    <span class="pill is-other-device">
      2<span aria-hidden="true"> devices</span>
      <span class="unseen"> devices: also at the door on another one</span>
    </span>
  );
}
