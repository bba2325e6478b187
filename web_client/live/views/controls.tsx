/** The buttons of the class page; the same in the same order everywhere, words on each. */
import { closeDrawer, leave, openDialog, openDrawer, toggleCamera, toggleMicrophone } from "../actions";
import { bigFits, isBig, toggleBig } from "../big-picture";
import { inClass, unread } from "../derived";
import { toggleHand } from "../patient-actions";
import { inQueue } from "../signals";
import { store } from "../store";
import { Icon, type IconName } from "./icons";

interface ControlProps {
  readonly icon: IconName;
  readonly label: string;
  /** A second, smaller word: how it stands now. */
  readonly state?: string;
  readonly kind?: string;
  readonly pressed?: boolean;
  readonly shortcut?: string;
  readonly count?: number;
  readonly onPress: () => void;
}

export function Control(props: ControlProps) {
  const { icon, label, state, kind, pressed, shortcut, count, onPress } = props;
  return (
    <button
      type="button"
      class={`control ${kind ?? ""}`}
      aria-pressed={pressed}
      aria-keyshortcuts={shortcut}
      onClick={onPress}
    >
      <Icon name={icon} />
      <span class="control-label">{label}</span>
      {state && <span class="control-state">{state}</span>}
      {count ? <span class="count">{count}</span> : null}
      {count ? <span class="unseen"> new</span> : null}
    </button>
  );
}

export function LeaveControl() {
  const press = () => (inClass.value ? openDialog("leave") : void leave());
  return <Control icon="leave" label="Leave" kind="leave" onPress={press} />;
}

export function HelpControl() {
  return <Control icon="help" label="Help" kind="help" onPress={() => openDialog("help")} />;
}

export function MicrophoneControl() {
  const on = store.wish.value.microphone;
  return (
    <Control
      icon={on ? "microphone" : "microphoneOff"}
      label={on ? "Mute" : "Unmute"}
      kind={on ? "is-live" : ""}
      shortcut="M"
      onPress={() => void toggleMicrophone()}
    />
  );
}

export function CameraControl() {
  const on = store.wish.value.camera;
  return (
    <Control
      icon={on ? "camera" : "cameraOff"}
      label="Camera"
      state={on ? "On" : "Off"}
      shortcut="V"
      onPress={() => void toggleCamera()}
    />
  );
}

/** One press raises the hand, and takes it down again. */
export function HandControl() {
  const place = store.me.value?.hand ?? null;
  const up = place !== null;
  return (
    <Control
      icon="hand"
      label="Hand"
      state={up ? `Up, ${inQueue(place)}` : ""}
      kind={up ? "is-on" : ""}
      pressed={up}
      shortcut="H"
      onPress={() => void toggleHand()}
    />
  );
}

/** Only where it makes a difference. */
export function BigPictureControl() {
  if (!bigFits.value) return null;
  const on = isBig.value;
  return (
    <Control
      icon="bigPicture"
      label="Big picture"
      kind={on ? "is-on" : ""}
      pressed={on}
      shortcut="F"
      onPress={toggleBig}
    />
  );
}

export function MoreControl() {
  return <Control icon="more" label="More" kind="more" onPress={() => openDialog("more")} />;
}

/** What opens the drawer, and gets the focus back when it closes. */
export const ASK = "Ask, chat";

export function AskControl() {
  const open = store.drawer.value !== null;
  return (
    <Control
      icon="chat"
      label={ASK}
      kind={open ? "is-on" : ""}
      pressed={open}
      count={open ? 0 : unread.value}
      onPress={() => (open ? closeDrawer() : openDrawer(unread.value ? "chat" : "questions"))}
    />
  );
}
