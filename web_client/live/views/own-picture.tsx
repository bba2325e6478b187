/** The own picture, mirrored, and who can see and hear it. */
import { inClass } from "../derived";
import { store } from "../store";
import { Icon } from "./icons";
import { OwnVideo } from "./video";

export function OwnPicture() {
  const { camera, asking } = store.devices.value;
  const on = store.wish.value.camera && camera !== null;
  return (
    <figure class="picture is-own">
      <div class="frame">
        {on ? (
          <OwnVideo />
        ) : (
          <div class="no-picture">
            <Icon name="cameraOff" />
            <span>{asking ? "Turning on your camera" : "Your camera is off"}</span>
          </div>
        )}
      </div>
      <figcaption>
        <span class="who">You</span>
        <span class="note">
          <Icon name="lock" />
          {on ? "Only staff can see you" : "Nobody can see you"}
        </span>
        {inClass.value && <Heard />}
      </figcaption>
    </figure>
  );
}

function Heard() {
  const on = store.wish.value.microphone && store.devices.value.microphone !== null;
  const withheld = store.me.value?.muted_by_staff ?? false;
  const words = !on ? "Microphone off" : withheld ? "Only staff can hear you" : "Everyone can hear you";
  return (
    <span class={`note ${on && !withheld ? "is-live" : ""}`}>
      <Icon name={on ? "microphone" : "microphoneOff"} />
      {words}
    </span>
  );
}
