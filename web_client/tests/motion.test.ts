import assert from "node:assert/strict";
import { test } from "node:test";
import { Motion, StoppedPictures } from "../live/media/motion";

const SEATS = new Map([
  ["seat1", "Margaret"],
  ["seat2", "Dennis"],
]);

/** Looks twice a second at Margaret, who moves, and Dennis, who does not. */
function looks(watch: StoppedPictures, from_ms: number, to_ms: number, expected = SEATS): string[] {
  let stopped: ReadonlySet<string> = new Set();
  for (let now = from_ms; now <= to_ms; now += 500) {
    stopped = watch.look(now, (slot) => (slot === "seat1" ? now + 1 : 40), expected);
  }
  return [...stopped];
}

test("a picture without a new frame for three seconds has stopped, until one comes", () => {
  const watch = new StoppedPictures();
  assert.deepEqual(looks(watch, 0, 2500), []);
  assert.deepEqual(looks(watch, 3000, 3000), ["seat2"]);
  assert.deepEqual([...watch.look(3500, () => 9000, SEATS)], []);
});

test("nobody is missed who is not expected, and a new face has three seconds to come", () => {
  const watch = new StoppedPictures();
  looks(watch, 0, 5000);
  const without = new Map([["seat1", "Margaret"]]);
  assert.deepEqual(looks(watch, 5500, 5500, without), []);
  assert.deepEqual(looks(watch, 6000, 8500), []);
  assert.deepEqual(looks(watch, 9000, 9000), ["seat2"]);
  assert.deepEqual(looks(watch, 9500, 9500, new Map([["seat2", "Jean"]])), []);
});

test("where no frame was ever counted nothing has stopped", () => {
  const watch = new StoppedPictures();
  watch.look(0, () => 0, SEATS);
  assert.equal(watch.look(9000, () => 0, SEATS).size, 0);
});

test("what has not changed is the same object, so that nothing is drawn again", () => {
  const watch = new StoppedPictures();
  looks(watch, 0, 4000);
  const look = (now: number) => watch.look(now, (slot) => (slot === "seat1" ? now : 40), SEATS);
  assert.equal(look(4500), look(5000));
});

test("a stage moves after two looks with frames and stands after four without: one frame in between is nothing", () => {
  const motion = new Motion();
  let frames = 0;
  const moved = () => motion.look(++frames);
  const stood = () => motion.look(frames);
  assert.deepEqual([stood(), moved(), stood(), moved(), moved()], [false, false, false, false, true]);
  assert.deepEqual([stood(), stood(), stood(), moved()], [true, true, true, true]);
  assert.deepEqual([stood(), stood(), stood(), stood()], [true, true, true, false]);
});
