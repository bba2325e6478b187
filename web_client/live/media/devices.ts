/** The browser's camera and microphone: asking for them, and why they could not be had. */
import type { OwnDevices } from "../store";

/** blocked by the person or the device's settings; there is none; another program has it; too old a browser. */
export type DeviceFault = "blocked" | "missing" | "busy" | "unsupported";

export type Wanted = { readonly microphone: boolean; readonly camera: boolean };

const SOUND: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: { ideal: 1 },
};

/** Whether the browser will give camera and microphone without asking; false when it cannot be told. */
export async function alreadyAllowed(): Promise<boolean> {
  try {
    const states = await Promise.all(
      ["camera", "microphone"].map((name) => navigator.permissions.query({ name: name as PermissionName })),
    );
    return states.every((one) => one.state === "granted");
  } catch {
    return false;
  }
}

/** Asks the browser for what is wanted. Where both cannot be had, takes the one that can. */
export async function obtain(wanted: Wanted, capture: MediaTrackConstraints): Promise<OwnDevices> {
  if (!navigator.mediaDevices?.getUserMedia) return nothing("unsupported");
  try {
    return devicesOf(await ask(wanted, capture), null);
  } catch (error) {
    const fault = faultOf(error);
    if (!wanted.camera || !wanted.microphone) return nothing(fault);
    return eachAlone(capture, fault);
  }
}

async function eachAlone(capture: MediaTrackConstraints, fault: DeviceFault): Promise<OwnDevices> {
  const microphone = await ask({ microphone: true, camera: false }, capture).catch(() => null);
  const camera = await ask({ microphone: false, camera: true }, capture).catch(() => null);
  return {
    asking: false,
    microphone: microphone?.getAudioTracks()[0] ?? null,
    camera: motion(camera?.getVideoTracks()[0]),
    fault: camera && microphone ? null : fault,
  };
}

function ask(wanted: Wanted, capture: MediaTrackConstraints): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: wanted.microphone && SOUND,
    video: wanted.camera && capture,
  });
}

function devicesOf(stream: MediaStream, fault: DeviceFault | null): OwnDevices {
  return {
    asking: false,
    microphone: stream.getAudioTracks()[0] ?? null,
    camera: motion(stream.getVideoTracks()[0]),
    fault,
  };
}

/** Tells the encoder that a moving body matters more than sharp still edges. */
function motion(track: MediaStreamTrack | undefined): MediaStreamTrack | null {
  if (track) track.contentHint = "motion";
  return track ?? null;
}

function nothing(fault: DeviceFault): OwnDevices {
  return { asking: false, microphone: null, camera: null, fault };
}

function faultOf(error: unknown): DeviceFault {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "blocked";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}
