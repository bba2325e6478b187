/** The side view of staff: a second camera, or a window of the screen, beside the own picture on the group's stage. */
import { browserFamily, type Family } from "./browser-family";
import { say } from "./notices";
import type { MeView, SideViewName } from "./protocol";
import { store } from "./store";

/** A camera other than the one that is on. */
export interface OtherCamera {
  readonly id: string;
  readonly label: string;
}

/** Windows and tabs only, where the browser can leave the whole screen out. */
interface WindowsOnly extends DisplayMediaStreamOptions {
  readonly monitorTypeSurfaces: "exclude";
  readonly selfBrowserSurface: "exclude";
}

const CAMERA: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 20, max: 20 },
};
/** Made smaller where it is larger, in the shape that it has. */
const WINDOW: WindowsOnly = {
  video: { width: { max: 1280 }, height: { max: 720 }, frameRate: { max: 20 }, displaySurface: "window" },
  audio: false,
  monitorTypeSurfaces: "exclude",
  selfBrowserSurface: "exclude",
};
const SHOWN_FOR_MS = 15_000;
/** These let go of one camera when the other is opened. */
const ONE_CAMERA: readonly Family[] = ["iphone", "ios-other", "android"];

/** Whether this browser can show a screen; telephones cannot. */
export const canShowScreen = (): boolean =>
  typeof navigator !== "undefined" && typeof navigator.mediaDevices?.getDisplayMedia === "function";

/** Gives the cameras that could be shown, now and whenever one comes or goes; gives what stops that. */
export function followOtherCameras(tell: (cameras: readonly OtherCamera[]) => void): () => void {
  const look = () => void otherCameras().then(tell, () => tell([]));
  look();
  navigator.mediaDevices?.addEventListener?.("devicechange", look);
  return () => navigator.mediaDevices?.removeEventListener?.("devicechange", look);
}

async function otherCameras(): Promise<readonly OtherCamera[]> {
  if (ONE_CAMERA.includes(browserFamily(navigator.userAgent, navigator.maxTouchPoints))) return [];
  const used = store.devices.peek().camera?.getSettings().deviceId;
  const all = await navigator.mediaDevices.enumerateDevices();
  return all
    .filter((one) => one.kind === "videoinput" && one.deviceId !== "" && one.deviceId !== used)
    .map((one) => ({ id: one.deviceId, label: withoutNumbers(one.label) }));
}

/** Browsers put the numbers of maker and product behind a camera's name. */
const withoutNumbers = (label: string): string => label.replace(/\s*\([0-9a-f]{4}:[0-9a-f]{4}\)$/i, "");

/** Shows this camera. */
export async function showSecondCamera(camera: OtherCamera): Promise<void> {
  const track = await obtain(
    () => navigator.mediaDevices.getUserMedia({ video: { ...CAMERA, deviceId: { exact: camera.id } } }),
    () => `${camera.label} cannot be shown. Close other programs that use it, then try again.`,
  );
  if (track) show("camera", track);
}

/** Shows a window, as the browser asks which. */
export async function showScreen(): Promise<void> {
  const track = await obtain(() => navigator.mediaDevices.getDisplayMedia(WINDOW), whyNoScreen);
  if (!track) return;
  if (track.getSettings().displaySurface === "monitor") {
    track.stop();
    warn("Choose one window. The whole screen would show everyone the patients’ pictures.");
    return;
  }
  show("screen", track);
}

/** Stops it, so that the camera's light goes out. */
export function stopSideView(): void {
  store.side.peek()?.track.stop();
  store.side.value = null;
}

/** After the page was loaded anew, the server still knows of what this page does not show any more. */
export function sayIfSideViewIsOff(me: MeView): void {
  if (me.side_view === null || store.side.peek() !== null) return;
  warn(`Your ${NAMES[me.side_view]} is off since this page was loaded again. To show it, press More.`);
}

const NAMES: Record<SideViewName, string> = { camera: "second camera", screen: "screen" };

function warn(text: string): void {
  say(text, "warning", SHOWN_FOR_MS);
}

/** The track; undefined, and said why, where there is none. */
async function obtain(
  ask: () => Promise<MediaStream>,
  why: (error: unknown) => string | null,
): Promise<MediaStreamTrack | undefined> {
  try {
    return (await ask()).getVideoTracks()[0];
  } catch (error) {
    const words = why(error);
    if (words !== null) warn(words);
    return undefined;
  }
}

/** Who closes the browser's question has changed their mind. */
function whyNoScreen(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== "NotAllowedError") {
    return "Your screen cannot be shown now. Try again.";
  }
  if (!/system/i.test(error.message)) return null;
  return "This computer does not let the browser show a window. Allow it in the computer’s privacy settings.";
}

function show(view: SideViewName, track: MediaStreamTrack): void {
  stopSideView();
  track.contentHint = view === "screen" ? "detail" : "motion";
  track.addEventListener("ended", () => {
    if (store.side.peek()?.track === track) ended(view);
  });
  store.side.value = { view, track };
  if (track.readyState === "ended") ended(view);
}

/** Unplugged, or stopped at the browser's own button. */
function ended(view: SideViewName): void {
  store.side.value = null;
  if (view === "screen") say("Your screen is not shown any more.");
  else warn("Your second camera has stopped. If it was unplugged, plug it in. Then press More to show it.");
}
