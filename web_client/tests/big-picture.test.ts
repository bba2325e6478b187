import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { bigFits, isBig, toggleBig } from "../live/big-picture";
import { store } from "../live/store";

const screen = (width: number, height: number) => {
  store.room_px.value = { width, height };
};

beforeEach(() => {
  store.bigChosen.value = null;
});

test("big picture comes by itself on a TV, and by choice on a laptop", () => {
  screen(1920, 1080);
  assert.equal(isBig.value, true);
  screen(1366, 768);
  assert.equal(isBig.value, false);
  toggleBig();
  assert.equal(isBig.value, true);
  screen(1920, 1080);
  toggleBig();
  assert.equal(isBig.value, false, "also a TV can have small words");
});

test("where there is no room for it, it is neither on nor offered", () => {
  store.bigChosen.value = true;
  for (const [width, height] of [
    [360, 740],
    [1024, 768],
    [1600, 500],
  ] as const) {
    screen(width, height);
    assert.deepEqual([bigFits.value, isBig.value], [false, false]);
    toggleBig();
    assert.equal(store.bigChosen.value, true);
  }
});
