/** The browser's camera and microphone: asking for them, and why each could not be had. */

/** Why one device cannot be had. */
export type DeviceFault =
  /** Not allowed: by the person, or for this page. */
  | "blocked"
  /** The device's own settings keep it from every page of this browser. */
  | "blocked_by_device"
  /** There is none. */
  | "missing"
  /** Another program has it. */
  | "busy"
  /** The browser has no way to it. */
  | "unsupported";

export type DeviceKind = "camera" | "microphone";

/** What is wrong with each; null: nothing, or it was not asked for. */
export type DeviceFaults = Readonly<Record<DeviceKind, DeviceFault | null>>;

export const NO_FAULTS: DeviceFaults = { camera: null, microphone: null };

/** The own camera and microphone, as far as the browser gave them. */
export interface OwnDevices {
  readonly asking: boolean;
  readonly microphone: MediaStreamTrack | null;
  readonly camera: MediaStreamTrack | null;
  readonly faults: DeviceFaults;
}

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

/**
 * Asks the browser for what is wanted. Where both cannot be had, takes the one that can. `sound` says more of
 * the microphone, such as which one.
 */
export async function obtain(
  wanted: Wanted,
  capture: MediaTrackConstraints,
  sound: MediaTrackConstraints = {},
): Promise<OwnDevices> {
  if (!navigator.mediaDevices?.getUserMedia) return nothing(wanted, "unsupported");
  try {
    return devicesOf(await ask(wanted, capture, sound));
  } catch (error) {
    if (wanted.camera && wanted.microphone) return eachAlone(capture, sound);
    return nothing(wanted, faultOf(error));
  }
}

async function eachAlone(capture: MediaTrackConstraints, sound: MediaTrackConstraints): Promise<OwnDevices> {
  const one = (wanted: Wanted) =>
    ask(wanted, capture, sound).then(devicesOf, (error) => nothing(wanted, faultOf(error)));
  const heard = await one({ microphone: true, camera: false });
  const seen = await one({ microphone: false, camera: true });
  return {
    asking: false,
    microphone: heard.microphone,
    camera: seen.camera,
    faults: { camera: seen.faults.camera, microphone: heard.faults.microphone },
  };
}

function ask(
  wanted: Wanted,
  capture: MediaTrackConstraints,
  sound: MediaTrackConstraints,
): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: wanted.microphone && { ...SOUND, ...sound },
    video: wanted.camera && capture,
  });
}

function devicesOf(stream: MediaStream): OwnDevices {
  return {
    asking: false,
    microphone: stream.getAudioTracks()[0] ?? null,
    camera: motion(stream.getVideoTracks()[0]),
    faults: NO_FAULTS,
  };
}

/** Tells the encoder that a moving body matters more than sharp still edges. */
function motion(track: MediaStreamTrack | undefined): MediaStreamTrack | null {
  if (track) track.contentHint = "motion";
  return track ?? null;
}

function nothing(wanted: Wanted, fault: DeviceFault): OwnDevices {
  return {
    asking: false,
    microphone: null,
    camera: null,
    faults: { camera: wanted.camera ? fault : null, microphone: wanted.microphone ? fault : null },
  };
}

/** The names are those of Media Capture and Streams, section 10.2; Chromium says in words who blocked it. */
export function faultOf(error: unknown): DeviceFault {
  const { name, message } = error instanceof Error ? error : { name: "", message: "" };
  if (name === "NotAllowedError") return /by system/i.test(message) ? "blocked_by_device" : "blocked";
  if (name === "SecurityError") return "blocked";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}
