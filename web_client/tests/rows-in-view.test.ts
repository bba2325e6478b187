import assert from "node:assert/strict";
import { test } from "node:test";
import { rowAt, rowsInView, topOf } from "../live/rows-in-view";

const TEN_THOUSAND = Array.from({ length: 10_000 }, (_, row) => 40 + (row % 7) * 10);
const sum = (heights: readonly number[]) => heights.reduce((all, one) => all + one, 0);

test("of ten thousand rows a screenful and a little more is drawn", () => {
  const all_px = sum(TEN_THOUSAND);
  for (const top_px of [0, 5_000, all_px / 2, all_px - 500]) {
    const { from, to, above_px, below_px } = rowsInView(TEN_THOUSAND, top_px, 500, 800);
    assert.ok(to - from < 60, `${to - from} rows at ${top_px}`);
    const drawn_px = sum(TEN_THOUSAND.slice(from, to));
    assert.equal(above_px + drawn_px + below_px, all_px, "the bar at the side keeps its length");
    assert.ok(above_px <= Math.max(0, top_px - 700) || above_px === 0);
    assert.ok(above_px + drawn_px >= Math.min(all_px, top_px + 500), "no gap below");
  }
});

test("short lists are drawn whole; an empty one is nothing", () => {
  assert.deepEqual(rowsInView([50, 50], 0, 500, 0), { from: 0, to: 2, above_px: 0, below_px: 0 });
  assert.deepEqual(rowsInView([], 0, 500, 0), { from: 0, to: 0, above_px: 0, below_px: 0 });
});

test("the row at the upper edge is found again after rows were added above it", () => {
  const before = [50, 60, 70, 80];
  const { row, over_px } = rowAt(before, 125);
  assert.deepEqual([row, over_px], [2, 15]);
  const after = [100, 100, ...before];
  assert.equal(topOf(after, row + 2) + over_px, 325);
});
