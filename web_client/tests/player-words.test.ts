import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FAULTS,
  type Fault,
  faultOf,
  NOT_ALL_KEPT,
  placeNotKept,
  placeRefused,
} from "../player/mishap-words";
import { clock, clockOf, spoken, spokenOf } from "../player/words";

test("times are written with two digits of seconds, and hours only when there are any", () => {
  assert.equal(clock(0), "0:00");
  assert.equal(clock(9_999), "0:09");
  assert.equal(clock(216_000), "3:36");
  assert.equal(clock(3_725_000), "1:02:05");
  assert.equal(clock(-5), "0:00");
  assert.equal(clockOf(216_000, 480_000), "3:36 of 8:00");
});

test("times are said in words, one as one and none not at all", () => {
  assert.equal(spokenOf(216_000, 480_000), "3 minutes 36 seconds of 8 minutes");
  assert.equal(spoken(61_000), "1 minute 1 second");
  assert.equal(spoken(3_600_000), "1 hour");
  assert.equal(spoken(400), "0 seconds");
});

test("what the server says of the file decides what the person is told", () => {
  const cases: [number | null, Fault][] = [
    [null, "no connection"],
    [403, "not yours"],
    [404, "gone"],
    [410, "not yours"],
    [503, "not answering"],
    [206, "cannot play"],
  ];
  for (const [status, fault] of cases) assert.equal(faultOf(status), fault);
});

test("a video that is gone is not tried again; every fault says what to do", () => {
  assert.equal(FAULTS.gone.again, false);
  for (const { next } of Object.values(FAULTS)) assert.match(next, /[Pp]ress|Go back|Open/);
});

test("who may lose the place hears where it is, and that the video goes on", () => {
  const away = placeNotKept(216_000);
  for (const part of ["3:36", "go on watching"]) assert.ok(away.includes(part), part);
  assert.match(placeRefused("Your link no longer works."), /^Your link no longer works\. You can go on/);
  assert.match(NOT_ALL_KEPT, /^We could not keep all of what you watched\. Your place is safe/);
  assert.match(placeRefused(""), /open your personal link again/);
});
