import assert from "node:assert/strict";
import { test } from "node:test";
import { idleState, leftInWords } from "../staff/idle";

const MINUTE = 60_000;

test("nothing is shown until two minutes before the end", () => {
  assert.deepEqual(idleState(0, 30 * MINUTE), { kind: "quiet", nextMs: 28 * MINUTE });
  assert.equal(idleState(28 * MINUTE, 30 * MINUTE).kind, "warn");
});

test("the words change rarely, and it is looked at again when they do", () => {
  let now = 28 * MINUTE;
  const words: string[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const state = idleState(now, 30 * MINUTE);
    if (state.kind !== "warn") {
      break;
    }
    words.push(state.left);
    now += state.nextMs;
  }
  assert.deepEqual(words, [
    "You will be signed out in 2 minutes.",
    "You will be signed out in 1 minute.",
    "You will be signed out in 40 seconds.",
    "You will be signed out in 20 seconds.",
  ]);
  assert.equal(idleState(now, 30 * MINUTE).kind, "out");
});

test("it never says that there is more time than there is by a minute", () => {
  assert.equal(leftInWords(61_000), "You will be signed out in 2 minutes.");
  assert.equal(leftInWords(1), "You will be signed out in 20 seconds.");
});
