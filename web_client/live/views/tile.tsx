/** One seat of the wall: the picture whole, and below it who it is and what is on. Pressed, it grows. */
import { useState } from "preact/hooks";
import { serverNow_ms } from "../derived";
import { stoppedWords } from "../line-words";
import type { PersonView } from "../protocol";
import { store } from "../store";
import { duration } from "../words";
import { Icon, type IconName } from "./icons";
import { TileFoot } from "./tile-foot";
import { TileMenu } from "./tile-menu";
import { SlotVideo } from "./video";

/** Who is away for longer has most likely closed the page. */
const TRYING_FOR_MS = 60_000;

interface TileProps {
  readonly seat: number;
  readonly person: PersonView | null;
  /** The one that is shown large, with what can be done beside it. */
  readonly large: boolean;
}

export function Tile({ seat, person, large }: TileProps) {
  const [shown, setShown] = useState(false);
  const slot = `seat${seat}`;
  const present = person?.place === "in_class";
  const inSlot = store.slots.value[slot] === person?.id ? (person?.id ?? null) : null;
  const picture = present && person.camera_on && shown;
  const stopped = picture && store.stopped.value.has(slot);
  return (
    <div class={`tile ${stateOf(person)} ${large ? "is-large" : ""}`}>
      <div class={`tile-picture ${stopped ? "is-stopped" : ""}`}>
        <SlotVideo slot={slot} person={inSlot} onPicture={setShown} />
        {!picture && <TileWords person={person} />}
        {stopped && <StoppedWords person={person} />}
        {present && <WhoSees person={person} />}
      </div>
      {person && person.place !== "left" && <TileFoot seat={seat} person={person} large={large} />}
      {large && person && <TileMenu person={person} />}
    </div>
  );
}

function stateOf(person: PersonView | null): string {
  if (person === null || person.place === "left") return "is-empty";
  if (person.place === "dropped") return "is-dropped";
  return person.hand === null ? "" : "has-hand";
}

/** On the corner of the picture: for whose eyes it is. */
function WhoSees({ person }: { person: PersonView }) {
  if (person.aside) return <Mark icon="aside" words="In private" />;
  if (store.facts.value?.spotlight === person.id) return <Mark icon="star" words="Large to everyone" />;
  return person.seen_by_group ? null : <Mark icon="lock" words="Staff only" />;
}

function Mark({ icon, words }: { icon: IconName; words: string }) {
  return (
    <span class="only-staff">
      <Icon name={icon} />
      <span class="mark-words">{words}</span>
    </span>
  );
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
      return <span>{pictureWords(person)}</span>;
    default:
      return <span>Not here</span>;
  }
}

function pictureWords(person: PersonView): string {
  if (person.aside && store.me.value?.aside_with !== person.id) {
    const other = store.people.value.get(person.aside_with ?? "")?.name;
    return `In private with ${other ?? "one of the staff"}`;
  }
  if (person.camera_stopped) return "Camera stopped by staff";
  return person.camera_on ? "Picture is coming" : "Camera off";
}
