import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, Watched } from "../player/watched";

test("what plays without a leap is one stretch, cut where it is taken and gone on from there", () => {
  const watched = new Watched();
  for (const at of [1000, 1250.7, 1500.2]) watched.reach(at);
  assert.deepEqual(watched.take(), [{ from_ms: 1000, to_ms: 1500 }]);
  watched.reach(1750);
  assert.deepEqual(watched.take(), [{ from_ms: 1500, to_ms: 1750 }]);
});

test("what was leapt over was not watched", () => {
  const watched = new Watched();
  watched.reach(0);
  watched.reach(3000);
  watched.stop();
  watched.reach(60_000);
  watched.reach(61_000);
  assert.deepEqual(watched.take(), [
    { from_ms: 0, to_ms: 3000 },
    { from_ms: 60_000, to_ms: 61_000 },
  ]);
});

test("going back cuts the stretch even when nobody told of the leap", () => {
  const watched = new Watched();
  for (const at of [5000, 7000, 2000, 2500]) watched.reach(at);
  assert.deepEqual(watched.take(), [
    { from_ms: 5000, to_ms: 7000 },
    { from_ms: 2000, to_ms: 2500 },
  ]);
});

test("standing still is not watching", () => {
  const watched = new Watched();
  watched.reach(4000);
  watched.stop();
  watched.stop();
  assert.deepEqual(watched.take(), []);
});

test("stretches that meet are one", () => {
  const apart = [
    { from_ms: 0, to_ms: 10 },
    { from_ms: 10, to_ms: 20 },
    { from_ms: 30, to_ms: 40 },
  ];
  assert.deepEqual(joined(apart), [
    { from_ms: 0, to_ms: 20 },
    { from_ms: 30, to_ms: 40 },
  ]);
});
