/** What is said when camera or microphone cannot be had: what happened, what still works, what to press. */
import { type Family, STEPS } from "./browser-family";
import type { DeviceFault, DeviceFaults } from "./media/devices";

export interface DeviceWords {
  readonly headline: string;
  readonly stillWorks: string;
  /** What to do, in order; one paragraph each. */
  readonly advice: readonly string[];
  /** What to press in the browser; shown with a drawing. */
  readonly steps: readonly string[];
}

type Which = "camera" | "microphone" | "camera and microphone";

const AGAIN = "Then press Try again.";
const HANDHELD: readonly Family[] = ["iphone", "ios-other", "android"];

/** The words for these faults, of which at least one is set. */
export function deviceWords(faults: DeviceFaults, family: Family): DeviceWords {
  const { camera, microphone } = faults;
  const both = camera !== null && microphone !== null;
  const which: Which = both ? "camera and microphone" : camera === null ? "microphone" : "camera";
  const same = !both || camera === microphone;
  const blocked = camera === "blocked" || microphone === "blocked";
  const advice = same
    ? adviceFor((camera ?? microphone) as DeviceFault, which, family)
    : [
        `${headlineFor(camera as DeviceFault, "camera")}. ${adviceFor(camera as DeviceFault, "camera", family).join(" ")}`,
        `${headlineFor(microphone as DeviceFault, "microphone")}. ${adviceFor(microphone as DeviceFault, "microphone", family).join(" ")}`,
      ];
  return {
    headline: same
      ? headlineFor((camera ?? microphone) as DeviceFault, which)
      : "Your camera and microphone are off",
    stillWorks: STILL_WORKS[which],
    advice: advice.map((one) => one.trim()).filter((one) => one !== ""),
    steps: blocked ? STEPS[family] : [],
  };
}

const STILL_WORKS: Readonly<Record<Which, string>> = {
  camera: "You can still join. You hear everything, and you can speak.",
  microphone: "You can still join and hear everything. Staff see you, and you can write to them.",
  "camera and microphone": "You can still join and hear everything. You can write to the staff.",
};

function headlineFor(fault: DeviceFault, which: Which): string {
  const are = which === "camera and microphone" ? "are" : "is";
  switch (fault) {
    case "blocked":
      return `Your ${which} ${are} blocked`;
    case "blocked_by_device":
      return `Your device keeps its ${which} from this browser`;
    case "missing":
      return `We cannot find a ${which === "camera and microphone" ? "camera or microphone" : which}`;
    case "busy":
      return `Another program is using your ${which}`;
    case "unsupported":
      return `This browser cannot use your ${which}`;
  }
}

function adviceFor(fault: DeviceFault, which: Which, family: Family): readonly string[] {
  const it = which === "camera and microphone" ? "them" : "it";
  const handheld = HANDHELD.includes(family);
  switch (fault) {
    case "blocked":
      return [];
    case "blocked_by_device":
      return handheld
        ? [`Open the Settings app, find this browser, and turn on ${which}.`, AGAIN]
        : [
            `On a Mac: open System Settings, press Privacy & Security, then ${capital(which)}, and turn on this browser.`,
            `On Windows: open Settings, press Privacy, then ${capital(which)}, and turn ${it} on for apps.`,
            AGAIN,
          ];
    case "missing":
      return handheld
        ? ["Close this page, turn your device off and on, and open your link again."]
        : [
            `If yours has a plug, plug it in. If there is a slide or a switch at the ${which}, open it.`,
            AGAIN,
          ];
    case "busy":
      return handheld
        ? ["End any phone or video call, and close other apps that use the camera.", AGAIN]
        : ["Close other video programs, such as Zoom, Teams or FaceTime.", AGAIN];
    case "unsupported":
      return [REAL_BROWSER[family]];
  }
}

const SAFARI = "Open your link in Safari.";
const REAL_BROWSER: Readonly<Record<Family, string>> = {
  iphone: SAFARI,
  "ios-other": SAFARI,
  android: "Open your link in Chrome.",
  safari: "Open your link in a newer Safari, Chrome, Edge or Firefox.",
  firefox: "Open your link in a newer Firefox, Chrome or Edge.",
  chrome: "Open your link in a newer Chrome, Edge, Firefox or Safari.",
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
