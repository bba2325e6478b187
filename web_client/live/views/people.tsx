/** Everyone in class or waiting, with full names, for staff. */
import { admit } from "../actions";
import { concernOf, isCleared, lineOf, patients, staffHere } from "../derived";
import { reasonForStaff, shortWords } from "../line-words";
import type { PersonView, PlaceName } from "../protocol";
import { letBack } from "../staff-actions";
import { telephone } from "../words";
import { BesideMark, CheckInMark } from "./check-in-mark";
import { MuteButton } from "./tile-menu";

const PLACES: Readonly<Record<PlaceName, string>> = {
  waiting: "In the waiting room",
  in_class: "In class",
  dropped: "Picture stopped",
  left: "Left",
};

export function People() {
  const people = [...patients.value].sort((a, b) => (a.seat ?? 99) - (b.seat ?? 99));
  return (
    <div class="list">
      {people.length === 0 && <p class="note-text">No patients are here yet.</p>}
      {people.map((one) => (
        <Patient key={one.id} person={one} />
      ))}
      {staffHere.value.map((one) => (
        <p key={one.id} class="person">
          <b>{one.full_name ?? one.name}</b>
          <span class="by">
            {one.role === "physio" ? "Physio" : "Helper"}, {PLACES[one.place].toLowerCase()}
          </span>
        </p>
      ))}
    </div>
  );
}

function LineInWords({ person }: { person: PersonView }) {
  const line = person.place === "in_class" ? lineOf(person.id) : null;
  if (!line) return null;
  return (
    <span class="by">
      {shortWords(line)}. {reasonForStaff(line)}
    </span>
  );
}

function Patient({ person }: { person: PersonView }) {
  return (
    <div class="person">
      <b>{person.full_name ?? person.name}</b>
      <span class="by">
        {person.removed ? "Taken out of class" : PLACES[person.place]}
        {person.other_device && ", and at the door on another device"}
        {person.phone && (
          <>
            {" · "}
            <a href={telephone(person.phone)}>{person.phone}</a>
          </>
        )}
      </span>
      <LineInWords person={person} />
      {(person.place === "waiting" || concernOf(person.id)) && (
        <>
          <CheckInMark id={person.id} />
          <BesideMark id={person.id} />
        </>
      )}
      {person.place === "waiting" && isCleared(person.id) && (
        <button type="button" class="go-button" onClick={() => void admit(person.id)}>
          Let in
        </button>
      )}
      {person.place === "in_class" && <MuteButton person={person} />}
      {person.removed && (
        <button type="button" class="go-button" onClick={() => void letBack(person.id)}>
          Let back<span class="unseen"> {person.name}</span>
        </button>
      )}
    </div>
  );
}
