/** The bar below the wall: own picture, microphone, camera, the other staff, and what must be noticed. */
import { openDrawer, toggleCamera, toggleMicrophone, turnSoundOn } from "../actions";
import { lostFor_ms, openQuestions, ownLine, personInSlot, trouble, unread } from "../derived";
import { wordsForStaff } from "../line-words";
import { store } from "../store";
import { CONNECTING_AGAIN_FOR_STAFF, updatingWordsForStaff } from "../updating";
import { nameAndRole, stopwatch } from "../words";
import { ASK } from "./controls";
import { Icon, type IconName } from "./icons";
import { LineBars, levelOf } from "./line-quality";
import { Music } from "./music";
import { PulseControl } from "./pulse-staff";
import { Said } from "./said";
import { Undo } from "./staff-more";
import { OwnVideo, SideVideo, SlotVideo } from "./video";

export function StaffBar() {
  const { camera } = store.devices.value;
  const wish = store.wish.value;
  const on = wish.camera && camera !== null;
  return (
    <footer class="staff-bar">
      <div class="staff-controls">
        <div class="staff-view is-own">{on ? <OwnVideo /> : <span class="no-picture">Camera off</span>}</div>
        <OwnSide />
        <Switch
          on={wish.microphone && store.devices.value.microphone !== null}
          icons={["microphone", "microphoneOff"]}
          label={wish.microphone ? "Mute" : "Unmute"}
          shortcut="M"
          onPress={() => void toggleMicrophone()}
        />
        <Switch
          on={on}
          icons={["camera", "cameraOff"]}
          label={on ? "Camera: on" : "Camera: off"}
          shortcut="V"
          onPress={() => void toggleCamera()}
        />
        <Music />
        <PulseControl />
        <Colleague slot="staff0" />
        <Colleague slot="staff1" />
        <Undo />
        <button
          type="button"
          class="staff-button only-narrow"
          data-returns={ASK}
          onClick={() => openDrawer("questions")}
        >
          <Icon name="chat" />
          Questions, chat
          {openQuestions.value.length + unread.value > 0 && (
            <span class="pill">{openQuestions.value.length + unread.value}</span>
          )}
        </button>
      </div>
      <Notice />
    </footer>
  );
}

/** What is shown beside the own picture; while a patient is large, the group sees it no more. */
function OwnSide() {
  const side = store.side.value;
  if (!side) return null;
  const waits = store.facts.value?.spotlight ? ", waiting" : "";
  return (
    <div class="staff-view">
      <SideVideo />
      <span class="staff-name">{`${SIDE_NAMES[side.view]}${waits}`}</span>
    </div>
  );
}

const SIDE_NAMES = { camera: "Your second camera", screen: "Your screen" } as const;

interface SwitchProps {
  readonly on: boolean;
  readonly icons: readonly [IconName, IconName];
  readonly label: string;
  readonly shortcut: string;
  readonly onPress: () => void;
}

function Switch({ on, icons, label, shortcut, onPress }: SwitchProps) {
  return (
    <button
      type="button"
      class={`staff-button ${on ? "is-live" : ""}`}
      aria-keyshortcuts={shortcut}
      onClick={onPress}
    >
      <Icon name={on ? icons[0] : icons[1]} />
      {label}
    </button>
  );
}

function Colleague({ slot }: { slot: string }) {
  const person = personInSlot(slot);
  if (!person) return null;
  return (
    <div class="staff-view">
      <SlotVideo slot={slot} person={person.id} />
      {!person.camera_on && <span class="no-picture">Camera off</span>}
      <span class="staff-name">{nameAndRole(person.name, person.role)}</span>
    </div>
  );
}

/** A lost line, a notice, or sound that the browser holds back; in a place of its own. */
function Notice() {
  const lost = lostFor_ms.value;
  const notice = store.notice.value;
  if (lost !== null) {
    return (
      <div class="said is-warning" role="alert">
        <Icon name="warning" />
        <span>Your connection is lost and the pictures have stopped. We are trying to bring you back.</span>
        <span aria-hidden="true">{stopwatch(lost)}</span>
      </div>
    );
  }
  if (store.soundBlocked.value) {
    return (
      <button type="button" class="staff-button is-sound" onClick={turnSoundOn}>
        <Icon name="sound" />
        Turn sound on
      </button>
    );
  }
  if (trouble.value === "updating") return <Away text={updatingWordsForStaff()} />;
  if (notice) {
    return (
      <div class={`said is-${notice.tone}`}>
        <Icon name={notice.tone === "calm" ? "tick" : "warning"} />
        <span>
          <Said text={notice.text} />
        </span>
      </div>
    );
  }
  if (trouble.value === "signalling") return <Away text={CONNECTING_AGAIN_FOR_STAFF} />;
  return <OwnLine />;
}

/** The own connection, when it is not good. */
function OwnLine() {
  const line = ownLine.value;
  if (!line) return <div class="said" />;
  const stopped = [...store.stopped.value].filter((slot) => slot.startsWith("seat")).length;
  const { what, next } = wordsForStaff(line, stopped);
  const level = line.reason === "slow_down" && stopped > 0 ? "poor" : levelOf(line);
  return (
    <div class={`said is-line ${level === "poor" ? "is-warning" : "is-quiet"}`} role="status">
      <LineBars level={level} />
      <span>
        {what} {next}
      </span>
    </div>
  );
}

function Away({ text }: { text: string }) {
  return (
    <div class="said is-warning" role="status">
      <Icon name="warning" />
      <span>{text}</span>
    </div>
  );
}
