/** What to do when a step fails, for each kind of device: words, what to press, and which drawing. */
import type { Family } from "../live/browser-family";
import { deviceWords } from "../live/device-words";
import type { DeviceFault, DeviceKind } from "../live/media/devices";
import type { Capture } from "./findings";

export type DrawingName = "where_to_press" | "plug" | "busy" | "volume" | "lid" | "wifi" | "other_browser";

export interface Remedy {
  readonly headline: string;
  readonly advice: readonly string[];
  /** What to press, in order. */
  readonly steps: readonly string[];
  readonly drawing: DrawingName;
}

const DRAWING: Readonly<Record<DeviceFault, DrawingName>> = {
  blocked: "where_to_press",
  blocked_by_device: "where_to_press",
  missing: "plug",
  busy: "busy",
  unsupported: "other_browser",
};

const HANDHELD: readonly Family[] = ["iphone", "ios-other", "android"];

/** For a camera or microphone that cannot be had, or gives nothing; null where nothing is wrong. */
export function captureRemedy(which: DeviceKind, found: Capture, family: Family): Remedy | null {
  if (found === "works" || found === "untried") return null;
  if (!isFault(found)) return which === "camera" ? blackPicture(family) : noVoice(family);
  const other = which === "camera" ? "microphone" : "camera";
  const words = deviceWords(
    { [which]: found, [other]: null } as Record<DeviceKind, DeviceFault | null>,
    family,
  );
  return {
    headline: words.headline,
    advice: [words.stillWorks, ...words.advice],
    steps: words.steps,
    drawing: DRAWING[found],
  };
}

/** For both at once, where neither can be had: one box instead of two with the same words; else null. */
export function jointRemedy(camera: Capture, microphone: Capture, family: Family): Remedy | null {
  if (!isFault(camera) || !isFault(microphone)) return null;
  const words = deviceWords({ camera, microphone }, family);
  const drawing = [DRAWING[camera], DRAWING[microphone]];
  return {
    headline: words.headline,
    advice: [words.stillWorks, ...words.advice],
    steps: words.steps,
    drawing: drawing.includes("where_to_press") ? "where_to_press" : DRAWING[camera],
  };
}

function isFault(found: Capture): found is DeviceFault {
  return found !== "works" && found !== "untried" && found !== "silent";
}

function blackPicture(family: Family): Remedy {
  return {
    headline: "Your picture is black",
    advice: [
      HANDHELD.includes(family)
        ? "Something may cover the camera: a case, a finger or a sticker. Take it away."
        : "Open the slide over the camera, or take away what covers it. Some laptops have a key for it.",
      "If the room is dark, turn on a light. The picture comes by itself.",
    ],
    steps: [],
    drawing: "lid",
  };
}

function noVoice(family: Family): Remedy {
  const handheld = HANDHELD.includes(family);
  return {
    headline: "We cannot hear you yet",
    advice: [
      "Say hello, as loudly as you would across a table. The bar moves when we hear you.",
      handheld
        ? "Take off headphones, or turn Bluetooth off, so that the device’s own microphone is used."
        : "If your headset or microphone has a Mute button, press it. You can choose another microphone above.",
    ],
    steps: [],
    drawing: "volume",
  };
}

/** For a test sound that was not heard. */
export function soundRemedy(family: Family): Remedy {
  const steps: Readonly<Record<Family, readonly string[]>> = {
    iphone: IPHONE_SOUND,
    "ios-other": IPHONE_SOUND,
    android: ["Press the upper volume button at the side a few times.", UNPLUG, "Press Play it again."],
    safari: [
      "Press the volume symbol in the menu at the top, and move the slider to the right.",
      "Under Output, choose the speakers of your Mac.",
      "Press Play it again.",
    ],
    firefox: COMPUTER_SOUND,
    chrome: COMPUTER_SOUND,
  };
  return { headline: "Let us find the sound", advice: [], steps: steps[family], drawing: "volume" };
}

const UNPLUG = "Unplug headphones, and turn Bluetooth off: the sound may go there.";
const IPHONE_SOUND = [
  "Press the upper volume button at the side a few times.",
  "If there is a small switch above it, move it so that no orange shows.",
  UNPLUG,
  "Press Play it again.",
];
const COMPUTER_SOUND = [
  "Press the loudspeaker symbol at the corner of the screen, and move the slider to the right.",
  "If a loudspeaker has its own switch or plug, turn it on.",
  "Look at the tab of this page: if it shows a crossed-out loudspeaker, press that.",
  "Press Play it again.",
];

/** For a loop that nothing came through. `said`: the server's own words, where it gave any. */
export function lineRemedy(family: Family, said: string): Remedy {
  const handheld = HANDHELD.includes(family);
  return {
    headline: "Sound and picture did not come through",
    advice: said
      ? [said]
      : ["This page reached us, but sound and picture are held back on the way. Messages would still work."],
    steps: said
      ? ["Press Try again."]
      : [
          handheld
            ? "If you are on Wi-Fi, turn Wi-Fi off and use your phone’s own internet. Or the other way round."
            : "If you are on a work or hospital network, use another one: at home, or the hotspot of a phone.",
          "If you use a VPN or a web filter, turn it off for the class.",
          "Go nearer to your router, or turn it off, wait 10 seconds, and turn it on again.",
          "Press Try again.",
        ],
    drawing: "wifi",
  };
}

/** For a line that works, but only just. */
export function slowRemedy(): Remedy {
  return {
    headline: "Your connection is slow",
    advice: [
      "You can join: sound goes first, and the picture may stop at times.",
      "Go nearer to your router, and ask others at home not to watch videos during class.",
    ],
    steps: [],
    drawing: "wifi",
  };
}
