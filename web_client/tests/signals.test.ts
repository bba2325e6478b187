import assert from "node:assert/strict";
import { test } from "node:test";
import { inQueue, signalWords } from "../live/signals";

const at = "2026-11-22T10:00:00Z";
const after = (seconds: number) => Date.parse(at) + seconds * 1000;

test("a short sign is shown for 15 seconds; please repeat stands until staff settle it", () => {
  assert.equal(signalWords({ signal: { kind: "well_done", at } }, after(14)), "Well done");
  assert.equal(signalWords({ signal: { kind: "well_done", at } }, after(15)), null);
  assert.equal(signalWords({ signal: { kind: "repeat", at } }, after(600)), "Please repeat");
  assert.equal(signalWords({ signal: null }, after(0)), null);
});

test("places in the queue are said as people say them", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 22].map(inQueue), [
    "first",
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "13th",
    "21st",
    "22nd",
  ]);
});
