import assert from "node:assert/strict";
import { test } from "node:test";
import { HANNAH, person, TOM } from "../dev/fixture";
import {
  capital,
  clockNote,
  clockTime,
  dayBefore,
  duration,
  nameAndRole,
  namesOf,
  peopleHere,
  stopwatch,
  talkUntil,
  telephone,
} from "../live/words";

test("times are written the NHS way, in the clinic's time", () => {
  const cases = {
    "2026-01-05T10:00:00Z": "10am",
    "2026-01-05T10:52:00Z": "10:52am",
    "2026-01-05T12:00:00Z": "midday",
    "2026-01-05T12:05:00Z": "12:05pm",
    "2026-01-05T00:00:00Z": "midnight",
    "2026-01-05T00:30:00Z": "12:30am",
    "2026-07-05T10:00:00Z": "11am",
  };
  for (const [moment, said] of Object.entries(cases)) assert.equal(clockTime(moment), said, moment);
});

test("a clock that is wrong is said by how much, and that it does not matter", () => {
  const minute = 60_000;
  const said = (fast_ms: number) => clockNote(fast_ms).replace("We use the right time.", "").trim();
  assert.equal(said(20 * minute), "Your device’s clock is 20 minutes fast.");
  assert.equal(said(-3 * minute), "Your device’s clock is 3 minutes slow.");
  assert.equal(said(-60 * minute), "Your device’s clock is 1 hour slow.");
  assert.equal(said(50 * 60 * minute), "Your device’s clock is 2 days fast.");
  assert.match(clockNote(minute), /1 minute fast\. We use the right time\.$/);
});

test("one is said as one, and who is alone is told so", () => {
  assert.equal(peopleHere(1), "You are the first here.");
  assert.equal(peopleHere(7), "7 people are here.");
  assert.equal(duration(1000), "1 second");
  assert.equal(duration(12_900), "12 seconds");
  assert.equal(duration(60_000), "1 minute");
  assert.equal(duration(-5), "0 seconds");
});

test("a time that runs has two digits of seconds", () => {
  assert.equal(stopwatch(9_999), "0:09");
  assert.equal(stopwatch(71_000), "1:11");
});

test("names are joined as in speech", () => {
  assert.equal(namesOf([]), "the staff");
  assert.equal(namesOf([HANNAH]), "Hannah");
  assert.equal(namesOf([HANNAH, TOM], "or"), "Hannah or Tom");
  assert.equal(namesOf([HANNAH, person("Priya", "physio"), TOM]), "Hannah, Priya and Tom");
  assert.equal(capital(namesOf([])), "The staff");
  assert.equal(nameAndRole("Tom", "helper"), "Tom, helper");
  assert.equal(nameAndRole("Jean", "patient"), "Jean");
});

test("after class the doors stay open for ten minutes of talk", () => {
  const end = "2026-11-24T11:00:00Z";
  assert.equal(talkUntil(end, Date.parse("2026-11-24T10:59:59Z")), null);
  assert.equal(talkUntil(end, Date.parse("2026-11-24T11:00:00Z")), "talk until 11:10am");
  assert.equal(talkUntil(end, Date.parse("2026-11-24T11:10:00Z")), null);
});

test("a phone number is dialled without its spaces", () => {
  assert.equal(telephone("01632 960 123"), "tel:01632960123");
  assert.equal(telephone("+44 (0)1632 960123"), "tel:+4401632960123");
});

test("the day is said of what was written on another one", () => {
  const now_ms = Date.parse("2026-11-22T00:30:00Z");
  assert.equal(dayBefore("2026-11-22T00:01:00Z", now_ms), null);
  assert.equal(dayBefore("2026-11-21T23:59:00Z", now_ms), "Saturday 21 November");
});
