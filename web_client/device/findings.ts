/** What the four steps have found, in the words of the server's `DeviceCheck`. */
import type { DeviceFault } from "../live/media/devices";

/** `silent`: the device is there and gives nothing, a black picture or no sound. */
export type Capture = "works" | "silent" | "untried" | DeviceFault;
export type Heard = "heard" | "not_heard" | "untried";
export type Line = "good" | "slow" | "none" | "untried";

export interface Findings {
  readonly camera: Capture;
  readonly microphone: Capture;
  readonly sound: Heard;
  readonly line: Line;
}

export const NOTHING_TRIED: Findings = {
  camera: "untried",
  microphone: "untried",
  sound: "untried",
  line: "untried",
};

/** Whether this device is ready for class: the server decides the same way. */
export function hasPassed(found: Findings): boolean {
  return notPassed(found).length === 0;
}

/** What does not work or was not tried, in words, in the order of the steps. */
export function notPassed(found: Findings): readonly string[] {
  const works: readonly [string, boolean][] = [
    ["camera", found.camera === "works"],
    ["microphone", found.microphone === "works"],
    ["sound", found.sound === "heard"],
    ["connection", found.line === "good" || found.line === "slow"],
  ];
  return works.filter(([, well]) => !well).map(([name]) => name);
}

/** "camera", "camera and sound", "camera, sound and connection". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
