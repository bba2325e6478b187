import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { person } from "../dev/fixture";
import { store } from "../live/store";
import { watchLine } from "../live/watch-line";
import { inClassAs } from "./class-state";

test("a physio whose line does not carry a patient's picture is told that it has stopped", async () => {
  mock.timers.enable({ apis: ["setInterval"] });
  let now = 0;
  mock.method(performance, "now", () => now);
  inClassAs("Hannah", "physio", {
    people: [
      person("Margaret", "patient", { camera_on: true }),
      person("Dennis", "patient", { camera_on: true }),
    ],
    slots: { seat0: "Margaret", seat1: "Dennis" },
  });
  store.shown.value = new Map([
    ["seat0", 180],
    ["seat1", 180],
  ]);
  store.slotTracks.value = new Map(["seat0", "seat1"].map((id) => [id, { id } as MediaStreamTrack]));
  const frames = { seat0: 1, seat1: 1 };
  const getStats = async () =>
    new Map(
      Object.entries(frames).map(([trackIdentifier, framesDecoded]) => [
        trackIdentifier,
        { type: "inbound-rtp", trackIdentifier, framesDecoded },
      ]),
    );
  const up = { getStats, getReceivers: () => [] } as unknown as RTCPeerConnection;
  watchLine({ up, restart: async () => {} }, async () => {});
  const looks = async (times: number) => {
    for (let at = 0; at < times; at++) {
      now += 500;
      frames.seat0++;
      mock.timers.tick(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await looks(7);
  assert.deepEqual([...store.stopped.value], ["seat1"]);
  store.lines.value = new Map([
    ["Hannah", { id: "Hannah", level: "poor", reason: "slow_down", sound_only: true }],
  ]);
  await looks(1);
  assert.deepEqual([...store.stopped.value], ["seat1"], "also when it is known that no picture gets through");
  frames.seat1++;
  await looks(1);
  assert.equal(store.stopped.value.size, 0);
});
