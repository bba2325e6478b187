/** Beside a patient's large picture: who sees it, how the connection is, and what staff can do. */
import { useEffect, useRef, useState } from "preact/hooks";
import { muteForGroup } from "../actions";
import { lineOf } from "../derived";
import { reasonForStaff, shortWords } from "../line-words";
import type { PersonView } from "../protocol";
import { endAside, lowerHand, settleSignal, spotlight, stopCameraOf, talkInPrivate } from "../staff-actions";
import { asideWithMe } from "../staff-derived";
import { store } from "../store";
import { SendCardForm } from "./cards-staff";
import { Icon, type IconName } from "./icons";
import { RemoveForm } from "./remove-form";

export function TileMenu({ person }: { person: PersonView }) {
  const [doing, setDoing] = useState<"remove" | "card" | null>(null);
  const stop = () => setDoing(null);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow page the wall scrolls.
    box.current?.parentElement?.scrollIntoView({ block: "nearest" });
  }, []);
  useEffect(() => {
    store.formFor.value = doing === null ? null : person.id;
    return () => {
      store.formFor.value = null;
    };
  }, [doing, person.id]);
  return (
    <section ref={box} class="tile-menu" aria-label={`What you can do for ${person.name}`}>
      {doing === "remove" && <RemoveForm person={person} close={stop} />}
      {doing === "card" && <SendCardForm person={person.id} stop={stop} />}
      {doing === null && (
        <>
          <button type="button" class="staff-button is-quiet" onClick={close}>
            Make it small again
          </button>
          <State person={person} />
          <Calls person={person} />
          <MuteButton person={person} />
          <CameraButton person={person} />
          <SpotlightButton person={person} />
          <AsideButton person={person} />
          <Act icon="card" label="Send a card" press={() => setDoing("card")} />
          <Act icon="leave" label="Take out of class" press={() => setDoing("remove")} />
        </>
      )}
    </section>
  );
}

function close(): void {
  store.selectedSeat.value = null;
}

/** What is so, and cannot be seen at a glance. */
function State({ person }: { person: PersonView }) {
  const line = lineOf(person.id);
  const { name } = person;
  return (
    <>
      <p>
        {person.seen_by_group
          ? `The group can see ${name}.`
          : `Only staff can see ${name}. That is ${name}’s choice.`}
      </p>
      {person.sound_only && <p>{name} has turned the pictures off, and only hears the class.</p>}
      {line && (
        <p>
          {shortWords(line)}. {reasonForStaff(line)}
        </p>
      )}
    </>
  );
}

/** What the patient has asked for. */
function Calls({ person }: { person: PersonView }) {
  return (
    <>
      {person.hand !== null && (
        <Act icon="hand" label="Lower the hand" press={() => void lowerHand(person.id)} />
      )}
      {person.signal?.kind === "repeat" && (
        <Act icon="tick" label="Said again: settle it" press={() => void settleSignal(person.id)} />
      )}
    </>
  );
}

interface ActProps {
  readonly icon: IconName;
  readonly label: string;
  readonly press: () => void;
}

function Act({ icon, label, press }: ActProps) {
  return (
    <button type="button" class="staff-button" onClick={press}>
      <Icon name={icon} />
      {label}
    </button>
  );
}

/** Withholds a patient's sound from the group, or gives it back; staff hear on. */
export function MuteButton({ person }: { person: PersonView }) {
  const muted = person.muted_by_staff;
  return (
    <Act
      icon={muted ? "microphone" : "microphoneOff"}
      label={muted ? "Unmute for the group" : "Mute for the group"}
      press={() => void muteForGroup(person.id, !muted)}
    />
  );
}

/** A camera that is off already is stopped too: it cannot come on again until staff let it. */
function CameraButton({ person }: { person: PersonView }) {
  const stopped = person.camera_stopped;
  return (
    <Act
      icon={stopped ? "camera" : "cameraOff"}
      label={stopped ? "Allow the camera again" : "Stop the camera"}
      press={() => void stopCameraOf(person.id, !stopped)}
    />
  );
}

/** Only of who has let the group see them, and is seen now; of others it says why not. */
function SpotlightButton({ person }: { person: PersonView }) {
  const on = store.facts.value?.spotlight === person.id;
  const not = on ? null : whyNotLarge(person);
  if (not) return <p>{not}</p>;
  return (
    <Act
      icon="star"
      label={on ? "End the spotlight" : "Show large to everyone"}
      press={() => void spotlight(on ? null : person.id)}
    />
  );
}

function whyNotLarge({ name, ...person }: PersonView): string | null {
  if (!person.seen_by_group) return `${name} cannot be shown large: only staff may see ${name}.`;
  if (!person.camera_on || person.camera_stopped) return `${name} cannot be shown large: the camera is off.`;
  return null;
}

function AsideButton({ person }: { person: PersonView }) {
  const mine = asideWithMe.value;
  if (mine?.id === person.id) {
    return <Act icon="aside" label="Back to the class" press={() => void endAside()} />;
  }
  if (mine !== null || person.aside) return null;
  return <Act icon="aside" label="Talk in private" press={() => void talkInPrivate(person.id)} />;
}
