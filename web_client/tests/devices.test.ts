import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { type OwnDevices, obtain } from "../live/media/devices";

type Kind = "audio" | "video";
const WANTED = { camera: true, microphone: true };

function browserHas(mediaDevices: unknown): void {
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
}

/** A browser whose devices answer so; an error's name stands for a device that cannot be had. */
function devicesAre(answers: Readonly<Record<Kind, string>>): void {
  const getUserMedia = async (asked: Record<Kind, unknown>) => {
    const kinds = (["audio", "video"] as const).filter((kind) => asked[kind]);
    for (const kind of kinds) {
      if (answers[kind] !== "there") throw Object.assign(new Error(kind), { name: answers[kind] });
    }
    const tracksOf = (kind: Kind) => (kinds.includes(kind) ? [{ kind }] : []);
    return { getAudioTracks: () => tracksOf("audio"), getVideoTracks: () => tracksOf("video") };
  };
  browserHas({ getUserMedia });
}

beforeEach(() => browserHas(undefined));

const has = (got: OwnDevices) => [got.camera !== null, got.microphone !== null];

test("both are there", async () => {
  devicesAre({ audio: "there", video: "there" });
  const got = await obtain(WANTED, {});
  assert.deepEqual(has(got), [true, true]);
  assert.deepEqual(got.faults, { camera: null, microphone: null });
});

test("what can be had is taken, and the other has its own fault", async () => {
  devicesAre({ audio: "there", video: "NotFoundError" });
  const deaf = await obtain(WANTED, {});
  assert.deepEqual(has(deaf), [false, true]);
  assert.deepEqual(deaf.faults, { camera: "missing", microphone: null });
  devicesAre({ audio: "NotReadableError", video: "there" });
  assert.deepEqual((await obtain(WANTED, {})).faults, { camera: null, microphone: "busy" });
});

test("neither can be had, each for its own reason", async () => {
  devicesAre({ audio: "NotAllowedError", video: "NotReadableError" });
  assert.deepEqual((await obtain(WANTED, {})).faults, { camera: "busy", microphone: "blocked" });
});

test("what was not asked for has no fault", async () => {
  devicesAre({ audio: "NotFoundError", video: "NotFoundError" });
  const got = await obtain({ camera: true, microphone: false }, {});
  assert.deepEqual(got.faults, { camera: "missing", microphone: null });
});

test("a browser without any way to them says so", async () => {
  assert.deepEqual((await obtain(WANTED, {})).faults, { camera: "unsupported", microphone: "unsupported" });
});
