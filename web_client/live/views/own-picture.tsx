/** The own picture, mirrored, and who can see and hear it. */
import { openDialog } from "../actions";
import { asideWith, inClass, inSpotlight, serverNow_ms } from "../derived";
import { signalWords } from "../signals";
import { store } from "../store";
import { capital } from "../words";
import { Icon, type IconName } from "./icons";
import { OwnVideo } from "./video";

export function OwnPicture() {
  const { camera, asking } = store.devices.value;
  const on = store.wish.value.camera && camera !== null;
  return (
    <figure class={`picture is-own ${on && inSpotlight.value ? "is-spotlight" : ""}`}>
      <div class="frame">
        {on ? (
          <OwnVideo />
        ) : (
          <div class="no-picture">
            <Icon name="cameraOff" />
            <span>{withoutPicture(asking)}</span>
          </div>
        )}
      </div>
      <figcaption>
        <span class="who">You</span>
        <Seen on={on} />
        {inClass.value && <Heard />}
        <OwnSign />
      </figcaption>
    </figure>
  );
}

/** What others see of one's last short sign. */
function OwnSign() {
  const me = store.me.value;
  const sign = me && signalWords(me, serverNow_ms.value);
  return sign ? <span class="note is-sign">You said: {sign}</span> : null;
}

function withoutPicture(asking: boolean): string {
  if (store.me.value?.camera_stopped) return "Staff have turned your camera off";
  return asking ? "Turning on your camera" : "Your camera is off";
}

/** Who can see the picture; in class a button, for it is hers to choose. */
function Seen({ on }: { on: boolean }) {
  const [icon, words] = whoSees(on);
  const choice = inClass.value && !store.me.value?.aside;
  const wide = on && (store.me.value?.seen_by_group ?? false);
  if (!choice) return <SeenNote icon={icon} words={words} />;
  return (
    <button type="button" class={`who-sees ${wide ? "is-wide" : ""}`} onClick={() => openDialog("who-sees")}>
      <SeenNote icon={icon} words={words} />
      <span class="change">
        Change<span class="unseen"> who can see you</span>
      </span>
    </button>
  );
}

function SeenNote({ icon, words }: { icon: IconName; words: string }) {
  return (
    <span class="note">
      <Icon name={icon} />
      {words}
    </span>
  );
}

function whoSees(on: boolean): readonly [IconName, string] {
  const me = store.me.value;
  if (!on) return ["lock", "Nobody can see you"];
  if (me?.aside) return ["lock", `Only ${asideWith.value} can see you`];
  if (store.hiding.value) return ["lock", "Turning it off for the group. Nobody can see you yet"];
  if (inSpotlight.value) return ["eye", "Everyone sees you large"];
  return me?.seen_by_group ? ["eye", "The group can see you"] : ["lock", "Only staff can see you"];
}

function Heard() {
  const on = store.wish.value.microphone && store.devices.value.microphone !== null;
  const me = store.me.value;
  const withheld = (me?.muted_by_staff ?? false) || (me?.aside ?? false);
  const only = me?.aside ? `Only ${capital(asideWith.value)} can hear you` : "Only staff can hear you";
  const words = !on ? "Microphone off" : withheld ? only : "Everyone can hear you";
  return (
    <span class={`note ${on && !withheld ? "is-live" : ""}`}>
      <Icon name={on ? "microphone" : "microphoneOff"} />
      {words}
    </span>
  );
}
