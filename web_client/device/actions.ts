/** What a person does in the device check. */
import { batch } from "@preact/signals";
import { type OwnDevices, obtain } from "../live/media/devices";
import { planFor } from "../live/media/plan";
import { tryLine } from "./loop";
import { note, state } from "./state";
import { playTestSound } from "./test-sound";
import { watchCamera } from "./watch-camera";
import { watchMicrophone } from "./watch-microphone";

const NO_CAMERA = { microphone: true, camera: false };
const NO_MICROPHONE = { microphone: false, camera: true };
const CAPTURE = planFor("patient").capture;

let stopCamera: () => void = () => undefined;
let stopMicrophone: () => void = () => undefined;

/** Asks for both, shows them, and sends them round. Also "Try again". */
export async function begin(): Promise<void> {
  batch(() => {
    state.begun.value = true;
    state.asking.value = true;
  });
  release();
  const got = await obtain({ microphone: true, camera: true }, CAPTURE);
  await named();
  batch(() => {
    state.asking.value = false;
    takeCamera(got);
    takeMicrophone(got);
  });
  await goRound();
}

export async function chooseCamera(id: string): Promise<void> {
  state.camera.peek()?.stop();
  takeCamera(await obtain(NO_MICROPHONE, { ...CAPTURE, deviceId: { exact: id } }));
  await goRound();
}

export async function chooseMicrophone(id: string): Promise<void> {
  state.microphone.peek()?.stop();
  takeMicrophone(await obtain(NO_CAMERA, CAPTURE, { deviceId: { exact: id } }));
  await goRound();
}

export async function playSound(): Promise<void> {
  if (state.playing.peek()) return;
  state.playing.value = true;
  const done = await playTestSound();
  batch(() => {
    state.playing.value = false;
    state.played.value = true;
    if (!done) note({ sound: "not_heard" });
  });
}

export function heardSound(heard: boolean): void {
  note({ sound: heard ? "heard" : "not_heard" });
}

let round = 0;

/** Through the server and back. A newer round gives up the older one's result. */
export async function goRound(): Promise<void> {
  const mine = ++round;
  batch(() => {
    state.trying.value = true;
    note({ line: "untried" });
  });
  const own = { camera: state.camera.peek(), microphone: state.microphone.peek() };
  const result = await tryLine(state.config.peek().line, own);
  if (mine !== round) return;
  batch(() => {
    state.trying.value = false;
    state.lineWords.value = result.words;
    state.roundTrip_ms.value = result.roundTrip_ms;
    note({ line: result.line });
  });
}

/** Lets go of both. */
export function release(): void {
  stopCamera();
  stopMicrophone();
  state.camera.peek()?.stop();
  state.microphone.peek()?.stop();
}

function takeCamera(got: OwnDevices): void {
  stopCamera();
  state.camera.value = got.camera;
  note({ camera: got.faults.camera ?? "untried" });
  if (got.camera) stopCamera = watchCamera(got.camera, (found) => note({ camera: found }));
}

function takeMicrophone(got: OwnDevices): void {
  stopMicrophone();
  state.microphone.value = got.microphone;
  note({ microphone: got.faults.microphone ?? "untried" });
  if (!got.microphone) return;
  stopMicrophone = watchMicrophone(
    got.microphone,
    (level) => {
      state.level.value = level;
    },
    (found) => note({ microphone: found }),
  );
}

/** Which there are: their names are told only once one of them was allowed. */
async function named(): Promise<void> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
  const of = (kind: MediaDeviceKind) => all.filter((one) => one.kind === kind && one.deviceId !== "");
  state.cameras.value = of("videoinput");
  state.microphones.value = of("audioinput");
}
