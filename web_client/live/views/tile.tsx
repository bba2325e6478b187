/** One seat of the wall: the picture whole, and below it who it is and what is on. */
import { useState } from "preact/hooks";
import { muteForGroup } from "../actions";
import { lineOf, serverNow_ms } from "../derived";
import { reasonForStaff, shortWords, stoppedWords } from "../line-words";
import type { PersonView } from "../protocol";
import { store } from "../store";
import { duration } from "../words";
import { Icon } from "./icons";
import { LineBars, levelOf } from "./line-quality";
import { SlotVideo } from "./video";

/** Who is away for longer has most likely closed the page. */
const TRYING_FOR_MS = 60_000;

interface TileProps {
  readonly seat: number;
  readonly person: PersonView | null;
}

export function Tile({ seat, person }: TileProps) {
  const [shown, setShown] = useState(false);
  const slot = `seat${seat}`;
  const present = person?.place === "in_class";
  const inSlot = store.slots.value[slot] === person?.id ? (person?.id ?? null) : null;
  const picture = present && person.camera_on && shown;
  const stopped = picture && store.stopped.value.has(slot);
  const selected = store.selectedSeat.value === seat;
  return (
    <div class={`tile ${stateOf(person)} ${selected ? "is-selected" : ""}`}>
      <div class={`tile-picture ${stopped ? "is-stopped" : ""}`}>
        <SlotVideo slot={slot} person={inSlot} onPicture={setShown} />
        {!picture && <TileWords person={person} />}
        {stopped && <StoppedWords person={person} />}
        {present && !person.seen_by_group && (
          <span class="only-staff">
            <Icon name="lock" />
            Staff only
          </span>
        )}
      </div>
      {person && person.place !== "left" && <TileFoot seat={seat} person={person} />}
      {selected && present && <TileActions person={person} />}
    </div>
  );
}

function stateOf(person: PersonView | null): string {
  if (person === null || person.place === "left") return "is-empty";
  return person.place === "dropped" ? "is-dropped" : "";
}

function TileWords({ person }: { person: PersonView | null }) {
  return <div class="tile-words">{wordsOf(person)}</div>;
}

/** The last frame is not now: a still patient and a still picture look the same. */
function StoppedWords({ person }: { person: PersonView }) {
  const { what, next } = stoppedWords(person.name, person.microphone_on);
  return (
    <div class="tile-words is-stopped">
      <b>{what}</b>
      <span>{next}</span>
    </div>
  );
}

function wordsOf(person: PersonView | null) {
  switch (person?.place) {
    case "dropped": {
      const gone_ms = serverNow_ms.value - Date.parse(person.place_since);
      return (
        <>
          <b>Dropped out</b>
          <span>{duration(gone_ms)} ago</span>
          {gone_ms < TRYING_FOR_MS && <span>Trying to reconnect</span>}
        </>
      );
    }
    case "waiting":
      return <span>In the waiting room</span>;
    case "in_class":
      return <span>{person.camera_on ? "Picture is coming" : "Camera off"}</span>;
    default:
      return <span>Not here</span>;
  }
}

function TileFoot({ seat, person }: { seat: number; person: PersonView }) {
  const select = () => {
    store.selectedSeat.value = store.selectedSeat.value === seat ? null : seat;
  };
  return (
    <button
      type="button"
      class="tile-foot"
      aria-expanded={store.selectedSeat.value === seat}
      disabled={person.place !== "in_class"}
      onClick={select}
    >
      <span class="tile-name">{person.name}</span>
      {person.other_device && <OtherDevice />}
      {person.muted_by_staff && (
        <span class="pill">
          Muted<span class="unseen"> for the group</span>
        </span>
      )}
      {person.place === "in_class" && (
        <>
          <Icon name={person.microphone_on ? "microphone" : "microphoneOff"} />
          <span class="unseen">{person.microphone_on ? "microphone on" : "microphone off"}</span>
          <Icon name={person.camera_on ? "camera" : "cameraOff"} />
          <span class="unseen">{person.camera_on ? "camera on" : "camera off"}</span>
          <LineState person={person} />
        </>
      )}
    </button>
  );
}

/** The bars; and of a poor line, that staff may have to act on, what is so in words on the picture's edge. */
function LineState({ person }: { person: PersonView }) {
  const line = lineOf(person.id);
  const words = line ? shortWords(line) : "Good connection";
  const [level, connection] = words.split(/(?= connection)/);
  const poor = levelOf(line) === "poor";
  return (
    <>
      <LineBars level={levelOf(line)} />
      {poor ? (
        <span class="pill is-line is-poor">
          {level}
          {connection && <span class="rest">{connection}</span>}
        </span>
      ) : (
        <span class="unseen">{words}</span>
      )}
    </>
  );
}

/** This person is at the door on another device, and is asked which it shall be. */
export function OtherDevice() {
  return (
    <span class="pill is-other-device">
      2<span aria-hidden="true"> devices</span>
      <span class="unseen"> devices: also at the door on another one</span>
    </span>
  );
}

function TileActions({ person }: { person: PersonView }) {
  const line = lineOf(person.id);
  return (
    <div class="tile-actions">
      {line && (
        <p>
          {shortWords(line)}. {reasonForStaff(line)}
        </p>
      )}
      <MuteButton person={person} />
    </div>
  );
}

/** Withholds a patient's sound from the group, or gives it back; staff hear on. */
export function MuteButton({ person }: { person: PersonView }) {
  const muted = person.muted_by_staff;
  return (
    <button type="button" class="staff-button" onClick={() => void muteForGroup(person.id, !muted)}>
      <Icon name={muted ? "microphone" : "microphoneOff"} />
      {muted ? "Unmute for the group" : "Mute for the group"}
    </button>
  );
}
