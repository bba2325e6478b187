import assert from "node:assert/strict";
import { test } from "node:test";
import { Plays } from "../live/media/plays";
import { countsIn, type TrackCounts } from "../live/media/stats";

const counts = (change: Partial<TrackCounts> = {}): TrackCounts => ({
  bytes: 1000,
  frames: 10,
  frozen_ms: 0,
  concealed_ms: 0,
  ...change,
});
const STAGE = new Map([
  ["stage", "Hannah"],
  ["stage-voice", "Hannah"],
]);
const both = (picture: Partial<TrackCounts>, sound: Partial<TrackCounts>) =>
  new Map([
    ["stage", counts(picture)],
    ["stage-voice", counts(sound)],
  ]);

test("told is what has been added since the last time", () => {
  const plays = new Plays();
  assert.equal(plays.tell(0, both({ frozen_ms: 900 }, { concealed_ms: 70 }), STAGE), null);
  const told = plays.tell(5000, both({ frozen_ms: 1150.4, frames: 90 }, { concealed_ms: 82 }), STAGE);
  assert.deepEqual(told, { over_ms: 5000, frozen_ms: 250, concealed_ms: 12 });
});

test("of several pictures the worst is told", () => {
  const plays = new Plays();
  const wall = new Map([
    ["seat0", "Margaret"],
    ["seat1", "Dennis"],
  ]);
  const seats = (first: number, second: number) =>
    new Map([
      ["seat0", counts({ frozen_ms: first, frames: first })],
      ["seat1", counts({ frozen_ms: second, frames: second })],
    ]);
  plays.tell(0, seats(0, 0), wall);
  assert.equal(plays.tell(5000, seats(100, 700), wall)?.frozen_ms, 700);
});

test("a freeze that lasts is counted before the browser counts it; a picture that is not sent is none", () => {
  const plays = new Plays();
  plays.tell(0, both({}, {}), STAGE);
  assert.equal(plays.tell(5000, both({ bytes: 9000 }, {}), STAGE)?.frozen_ms, 5000);
  assert.equal(plays.tell(10_000, both({ bytes: 9000 }, {}), STAGE)?.frozen_ms, 0);
});

test("what was turned off in between, and who came anew, is not told of", () => {
  const plays = new Plays();
  plays.tell(0, both({}, {}), STAGE);
  plays.look(new Map());
  assert.equal(plays.tell(5000, both({ frozen_ms: 3000, frames: 90 }, {}), STAGE), null);
  const tom = new Map([["stage", "Tom"]]);
  assert.equal(plays.tell(10_000, both({ frozen_ms: 6000, frames: 190 }, {}), tom), null);
});

test("no more is told than the time there was, and nothing after a long sleep or on a new connection", () => {
  const plays = new Plays();
  plays.tell(0, both({}, {}), STAGE);
  assert.equal(plays.tell(5000, both({ frozen_ms: 7000, frames: 90 }, {}), STAGE)?.frozen_ms, 5000);
  assert.equal(plays.tell(70_000, both({ frozen_ms: 9000, frames: 99 }, {}), STAGE), null);
  const fresh = plays.tell(75_000, both({ bytes: 5, frozen_ms: 0, frames: 3 }, {}), STAGE);
  assert.deepEqual(fresh, { over_ms: 5000, frozen_ms: 0, concealed_ms: 0 });
});

test("the browser's report: by track, silence not counted as made up, counts that it does not keep as nothing", () => {
  const report = new Map(
    Object.entries({
      a: { type: "transport", bytesReceived: 5000 },
      b: { type: "inbound-rtp", trackIdentifier: "v", bytesReceived: 3000, framesDecoded: 7 },
      c: {
        type: "inbound-rtp",
        trackIdentifier: "s",
        bytesReceived: 1000,
        concealedSamples: 9600,
        silentConcealedSamples: 4800,
      },
      d: { type: "outbound-rtp", bytesReceived: 99 },
    }),
  );
  const received = countsIn(report);
  assert.equal(received.bytes, 5000);
  assert.deepEqual(received.byTrack.get("v"), { bytes: 3000, frames: 7, frozen_ms: 0, concealed_ms: 0 });
  assert.equal(received.byTrack.get("s")?.concealed_ms, 100);
});
