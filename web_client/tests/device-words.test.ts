import assert from "node:assert/strict";
import { test } from "node:test";
import type { Family } from "../live/browser-family";
import { deviceWords } from "../live/device-words";
import { type DeviceFault, type DeviceFaults, faultOf } from "../live/media/devices";

const FAMILIES: readonly Family[] = ["iphone", "ios-other", "android", "safari", "firefox", "chrome"];
const FAULTS: readonly DeviceFault[] = ["blocked", "blocked_by_device", "missing", "busy", "unsupported"];
const only = (fault: DeviceFault, kind: "camera" | "microphone"): DeviceFaults => ({
  camera: kind === "camera" ? fault : null,
  microphone: kind === "microphone" ? fault : null,
});
const both = (fault: DeviceFault): DeviceFaults => ({ camera: fault, microphone: fault });
const all = (faults: DeviceFaults, family: Family = "chrome") => {
  const words = deviceWords(faults, family);
  return [words.headline, words.stillWorks, ...words.advice, ...words.steps].join(" ");
};

test("each fault of each device has a headline of its own", () => {
  const headlines = FAULTS.flatMap((fault) =>
    [only(fault, "camera"), only(fault, "microphone"), both(fault)].map(
      (faults) => deviceWords(faults, "chrome").headline,
    ),
  );
  assert.equal(new Set(headlines).size, FAULTS.length * 3);
  assert.equal(headlines[0], "Your camera is blocked");
  assert.equal(deviceWords(both("blocked"), "chrome").headline, "Your camera and microphone are blocked");
  assert.equal(deviceWords(only("missing", "microphone"), "chrome").headline, "We cannot find a microphone");
});

test("whatever is wrong, it says that one can join, and what to do, in every browser", () => {
  for (const family of FAMILIES) {
    for (const fault of FAULTS) {
      for (const faults of [only(fault, "camera"), only(fault, "microphone"), both(fault)]) {
        const words = deviceWords(faults, family);
        assert.match(words.stillWorks, /^You can still join/);
        assert.ok(words.advice.length + words.steps.length > 0, `${family} ${fault}`);
        assert.doesNotMatch(all(faults, family), /undefined|null|error|invalid/i);
      }
    }
  }
});

test("two devices with different faults are each spoken of", () => {
  const words = all({ camera: "missing", microphone: "blocked" });
  assert.match(words, /cannot find a camera/);
  assert.match(words, /microphone is blocked/);
  assert.match(words, /Turn on Camera and Microphone/);
});

test("only what still works is said to work", () => {
  assert.match(deviceWords(only("busy", "camera"), "chrome").stillWorks, /you can speak/);
  assert.doesNotMatch(deviceWords(only("busy", "microphone"), "chrome").stillWorks, /speak/);
  assert.doesNotMatch(deviceWords(both("busy"), "chrome").stillWorks, /speak|see you/);
});

test("a telephone has no plug, and a computer no other apps", () => {
  assert.doesNotMatch(all(both("missing"), "android"), /plug/);
  assert.match(all(both("missing"), "chrome"), /plug it in/);
  assert.match(all(both("busy"), "iphone"), /phone or video call/);
  assert.match(all(both("busy"), "safari"), /Zoom, Teams or FaceTime/);
});

test("the browser's own errors are told apart", () => {
  const named = (name: string, message = "") => faultOf(Object.assign(new Error(message), { name }));
  assert.equal(named("NotAllowedError", "Permission denied"), "blocked");
  assert.equal(named("NotAllowedError", "Permission denied by system"), "blocked_by_device");
  assert.equal(named("SecurityError"), "blocked");
  assert.equal(named("NotFoundError"), "missing");
  assert.equal(named("OverconstrainedError"), "missing");
  assert.equal(named("NotReadableError"), "busy");
  assert.equal(named("AbortError"), "busy");
  assert.equal(faultOf("nonsense"), "busy");
});
