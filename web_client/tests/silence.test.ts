import assert from "node:assert/strict";
import { test } from "node:test";
import { SilenceWatch } from "../live/media/silence";

/** Which looks said that the flow had stopped. */
function looks(counts: readonly number[], expected: (at: number) => boolean = () => true): number[] {
  const watch = new SilenceWatch();
  return counts.flatMap((bytes, at) => (watch.look(bytes, expected(at)) ? [at] : []));
}

test("a flow that stops for a second is found once, and again only after it has come back", () => {
  assert.deepEqual(looks([0, 100, 200, 200, 200, 200, 200, 300, 300, 300]), [4, 9]);
});

test("half a second without a byte is no silence", () => {
  assert.deepEqual(looks([0, 100, 100, 200, 200, 300]), []);
});

test("where nothing has come yet, or nothing is to come, nothing is missed", () => {
  assert.deepEqual(looks([0, 0, 0, 0, 0]), []);
  assert.deepEqual(
    looks([0, 100, 200, 200, 200, 200], () => false),
    [],
  );
  assert.deepEqual(
    looks([0, 100, 200, 200, 200, 200, 200], (at) => at < 3 || at > 4),
    [],
    "the camera was off in between",
  );
});

test("a new connection, which counts from nothing, is no silence", () => {
  assert.deepEqual(looks([500, 600, 10, 10, 10, 10]), []);
});
