import assert from "node:assert/strict";
import { test } from "node:test";
import { floorWords, type Led } from "../live/floor-words";

const LED: Led = {
  spotlight: null,
  leader: "h",
  presenter: "h",
  ends_at: "2026-11-23T11:00:00Z",
};
const NAMES: Readonly<Record<string, string>> = { h: "Hannah", t: "Tom", d: "Dennis" };
const nameOf = (id: string | null) => (id === null ? null : (NAMES[id] ?? null));
const said = (before: Partial<Led>, now: Partial<Led>) =>
  floorWords("me", { ...LED, ...before }, { ...LED, ...now }, nameOf);

test("who is shown large to everyone is told so, and when it ends; others are not told of it", () => {
  assert.match(
    said({}, { spotlight: "me" }) ?? "",
    /^Everyone sees you large now\. To stop that, press Change/,
  );
  assert.equal(said({ spotlight: "me" }, {}), "You are not shown large any more.");
  assert.equal(said({}, { spotlight: "d" }), null);
});

test("who leads in place of whom is said, both when the physio is lost and when she is back", () => {
  assert.equal(said({}, { leader: "t", presenter: "t" }), "Tom leads the class now, in place of Hannah.");
  assert.equal(said({ leader: "t" }, {}), "Hannah leads the class now, in place of Tom.");
  assert.match(said({}, { leader: null, presenter: null }) ?? "", /Sit down and rest/);
});

test("handing over presenting and going on longer are said; nothing is said of what stays", () => {
  assert.equal(said({}, { presenter: "t" }), "Tom shows the exercises now.");
  assert.equal(said({}, { presenter: null }), null, "the stage itself says so");
  assert.equal(said({}, { ends_at: "2026-11-23T11:10:00Z" }), "Class goes on until 11:10am.");
  assert.equal(said({}, {}), null);
});
