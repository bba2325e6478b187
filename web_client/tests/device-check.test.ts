import assert from "node:assert/strict";
import { test } from "node:test";
import { hasPassed, listed, NOTHING_TRIED, notPassed } from "../device/findings";
import { type Counts, lineOf } from "../device/line-result";
import { Listener, loudness_db, percent } from "../device/loudness";
import { captureRemedy, jointRemedy, lineRemedy, soundRemedy } from "../device/remedies";
import { isBlack } from "../device/watch-camera";
import type { Family } from "../live/browser-family";

const FAMILIES: readonly Family[] = ["iphone", "ios-other", "android", "safari", "firefox", "chrome"];
const counts = (at_ms: number, change: Partial<Counts> = {}): Counts => ({
  at_ms,
  packets: at_ms,
  lost: 0,
  frames: at_ms / 50,
  roundTrip_ms: 30,
  ...change,
});

test("a device has passed when all four steps did; a slow line is enough", () => {
  const all = { camera: "works", microphone: "works", sound: "heard", line: "slow" } as const;
  assert.ok(hasPassed(all));
  assert.ok(!hasPassed({ ...all, microphone: "silent" }));
  assert.deepEqual(notPassed(NOTHING_TRIED), ["camera", "microphone", "sound", "connection"]);
  assert.equal(listed(notPassed({ ...all, camera: "blocked", sound: "not_heard" })), "camera and sound");
});

test("the meter goes from a quiet room to a loud voice", () => {
  assert.equal(loudness_db(new Float32Array(8)), -100);
  assert.equal(Math.round(loudness_db(new Float32Array(8).fill(0.1))), -20);
  assert.deepEqual([percent(-80), percent(-60), percent(-10)], [0, 0, 100]);
  assert.ok(percent(-30) > 30 && percent(-30) < 90);
});

test("a voice is heard after a third of a second, a click is not, and once heard is heard", () => {
  const listener = new Listener();
  assert.ok(!listener.hear(-10, 60));
  assert.ok(!listener.hear(-80, 10_000));
  for (let at = 0; at < 5; at++) listener.hear(-30, 60);
  assert.ok(listener.hear(-80, 60));
});

test("a picture is black until one point of it is brighter than the dark", () => {
  const points = new Uint8ClampedArray(16);
  for (let at = 3; at < 16; at += 4) points[at] = 255;
  assert.ok(isBlack(points));
  points[8] = 90;
  assert.ok(!isBlack(points));
});

test("the line is good, slow or none by what came back in between", () => {
  assert.equal(lineOf(counts(0), counts(4000)), "good");
  assert.equal(lineOf(counts(0), counts(4000, { lost: 800 })), "slow");
  assert.equal(lineOf(counts(0), counts(4000, { frames: 8 })), "slow");
  assert.equal(lineOf(counts(0), counts(4000, { roundTrip_ms: 700 })), "slow");
  assert.equal(lineOf(counts(0), counts(4000, { packets: 0 })), "none");
  assert.equal(lineOf(counts(0), counts(4000, { frames: 0 })), "none");
  assert.equal(lineOf(counts(0, { frames: null }), counts(4000, { frames: null })), "good");
});

test("each failure has a headline, something to do and a drawing, on every kind of device", () => {
  const faults = ["blocked", "blocked_by_device", "missing", "busy", "unsupported", "silent"] as const;
  for (const family of FAMILIES) {
    const remedies = [
      ...faults.flatMap((fault) => [
        captureRemedy("camera", fault, family),
        captureRemedy("microphone", fault, family),
      ]),
      soundRemedy(family),
      lineRemedy(family, ""),
    ];
    for (const remedy of remedies) {
      assert.ok(remedy && remedy.headline !== "" && remedy.drawing);
      assert.ok([...remedy.advice, ...remedy.steps].some((one) => one.length > 10));
    }
  }
  assert.equal(captureRemedy("camera", "works", "iphone"), null);
});

test("camera and microphone that both fail are told of in one box, each of them where one works", () => {
  const blocked = jointRemedy("blocked", "blocked", "chrome");
  assert.equal(blocked?.headline, "Your camera and microphone are blocked");
  assert.equal(blocked?.drawing, "where_to_press");
  const differ = jointRemedy("missing", "blocked_by_device", "chrome");
  assert.match(differ?.advice.join(" ") ?? "", /cannot find a camera.*keeps its microphone/);
  assert.equal(differ?.drawing, "where_to_press");
  for (const works of ["works", "silent", "untried"] as const) {
    assert.equal(jointRemedy("blocked", works, "chrome"), null);
    assert.equal(jointRemedy(works, "blocked", "chrome"), null);
  }
});

test("an iPhone's owner is shown the Settings of the website, a computer's the address bar", () => {
  assert.match(captureRemedy("camera", "blocked", "iphone")?.steps.join(" ") ?? "", /Website Settings/);
  assert.match(captureRemedy("camera", "blocked", "chrome")?.steps.join(" ") ?? "", /address bar/);
  assert.match(soundRemedy("iphone").steps.join(" "), /no orange/);
});

test("what the server said about the line is told in its words", () => {
  assert.deepEqual(lineRemedy("chrome", "Wait half a minute.").advice, ["Wait half a minute."]);
});
