/** What is sent of the person at this browser, and what the server is told of it. */
import { effect } from "@preact/signals";
import { inClass, isStaff } from "./derived";
import type { Sending } from "./media/line";
import { mixedWith } from "./music";
import type { OwnMedia } from "./protocol";
import { store } from "./store";

/** Follows the store from now on. */
export function sendOwnMedia(
  line: { send(sending: Sending): void },
  tell: (own: OwnMedia) => Promise<unknown>,
): void {
  effect(() => line.send(sending()));
  effect(() => tellOwnMedia(tell));
}

/** Nothing is sent while waiting, nothing that is switched off, and nothing twice. */
export function sending(): Sending {
  const { microphone, camera } = store.devices.value;
  const wish = store.wish.value;
  // Where it is mixed with music it goes on being sent, silent.
  if (microphone) microphone.enabled = wish.microphone;
  const sound = mixedWith(microphone) ?? (wish.microphone ? microphone : null);
  // Until it is acknowledged that classmates get no picture, nobody gets one.
  const shown = wish.camera && !store.hiding.value && !store.me.value?.camera_stopped;
  return inClass.value
    ? { microphone: sound, camera: shown ? camera : null, side: store.side.value }
    : { microphone: null, camera: null, side: null };
}

/** What is switched on, as the server should know it; music counts as sound. */
export function switchedOn(): OwnMedia {
  const { microphone, camera } = store.devices.value;
  const wish = store.wish.value;
  return {
    microphone_on: (wish.microphone && microphone !== null) || store.music.value.state === "playing",
    camera_on: wish.camera && camera !== null,
    ...(isStaff.value && { side_view: store.side.value?.view ?? null }),
    ...(store.me.value?.aside && { aside: true }),
  };
}

let told = "";

/** Tells the server what is switched on, whenever that differs from what it knows. */
function tellOwnMedia(tell: (own: OwnMedia) => Promise<unknown>): void {
  const me = store.me.value;
  const own = switchedOn();
  const { asking } = store.devices.value;
  if (store.phase.value !== "joined" || !store.socketUp.value || !me || asking) return;
  const same =
    own.microphone_on === me.microphone_on &&
    own.camera_on === me.camera_on &&
    (own.side_view ?? null) === me.side_view;
  const wanted = JSON.stringify([own, me.microphone_on, me.camera_on, me.side_view, me.place]);
  if (same) told = "";
  if (same || wanted === told) return;
  told = wanted;
  tell(own).catch(() => {
    told = "";
  });
}
