/** The own camera and microphone as the page has them: asked for, let go of, and lost in mid-class. */
import { effect } from "@preact/signals";
import { type DeviceKind, NO_FAULTS, obtain, type Wanted } from "./media/devices";
import { planFor } from "./media/plan";
import { say } from "./notices";
import type { Role } from "./protocol";
import { NO_DEVICES, store } from "./store";

const STOPPED_SHOWN_FOR_MS = 15_000;
const capturedFor = new WeakMap<MediaStreamTrack, Role>();

/** Asks for the devices as somebody comes in; she is in all the same when they cannot be had. */
export async function obtainAtDoor(wanted: Wanted, role: Role): Promise<void> {
  await obtainDevices(wanted, role);
  const { camera, faults } = store.devices.peek();
  if (faults.camera === null && faults.microphone === null) return;
  store.wish.value = { ...store.wish.peek(), camera: camera !== null };
  store.dialog.value = "devices";
}

/** Asks the browser for devices that are not there yet. */
export async function obtainDevices(wanted: Wanted, role: Role): Promise<void> {
  store.devices.value = { ...store.devices.peek(), asking: true, faults: NO_FAULTS };
  const got = await obtain(wanted, planFor(role).capture);
  const had = store.devices.peek();
  if (got.camera) capturedFor.set(got.camera, role);
  store.devices.value = {
    asking: false,
    microphone: got.microphone ?? had.microphone,
    camera: got.camera ?? had.camera,
    faults: got.faults,
  };
  got.camera?.addEventListener("ended", () => deviceEnded("camera", got.camera));
  got.microphone?.addEventListener("ended", () => deviceEnded("microphone", got.microphone));
}

/** Stops the camera, so that its light goes out. */
export function stopCamera(): void {
  const devices = store.devices.peek();
  devices.camera?.stop();
  store.devices.value = { ...devices, camera: null };
}

/** Staff have stopped this person's camera: it is let go of, however it came to be on, and its light goes out. */
export function stopCameraWhenTold(): () => void {
  return effect(() => {
    if (!store.me.value?.camera_stopped) return;
    if (store.devices.value.camera) stopCamera();
    if (store.wish.value.camera) store.wish.value = { ...store.wish.peek(), camera: false };
  });
}

/** Lets go of both. */
export function stopDevices(): void {
  const { microphone, camera } = store.devices.peek();
  microphone?.stop();
  camera?.stop();
  store.devices.value = NO_DEVICES;
}

/** Captures as the role needs it, which may be known only after the camera was turned on. */
export function captureForRole(): () => void {
  return effect(() => {
    const role = store.me.value?.role;
    const { camera } = store.devices.value;
    if (!role || !camera || capturedFor.get(camera) === role) return;
    capturedFor.set(camera, role);
    camera.applyConstraints(planFor(role).capture).catch(() => undefined);
  });
}

/** Unplugged, or taken away by the device: a track that we stop ourselves does not tell. */
function deviceEnded(kind: DeviceKind, track: MediaStreamTrack | null): void {
  if (store.devices.peek()[kind] !== track) return;
  store.devices.value = { ...store.devices.peek(), [kind]: null };
  store.wish.value = { ...store.wish.peek(), [kind]: false };
  const press = kind === "camera" ? "Camera" : "Unmute";
  say(
    `Your ${kind} has stopped. If it was unplugged, plug it in. Then press ${press}.`,
    "warning",
    STOPPED_SHOWN_FOR_MS,
  );
}
