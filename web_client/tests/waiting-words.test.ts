import assert from "node:assert/strict";
import { test } from "node:test";
import { person } from "../dev/fixture";
import { clockWords } from "../live/class-clock";
import { talksFirst } from "../live/waiting-words";

test("who is held reads that the physio will talk to them, by name where she is there", () => {
  const helper = person("Tom", "helper", {});
  const physio = person("Hannah", "physio", { place: "waiting" });
  assert.equal(talksFirst([helper, physio]), "Hannah will talk to you before you start.");
  assert.equal(talksFirst([helper]), "Your physio will talk to you before you start.");
});

test("staff read when class starts, then how long is left, then how long the doors stay open", () => {
  const [starts, ends] = ["2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"];
  const at = (time: string) => clockWords(starts, ends, Date.parse(`2026-11-24T${time}Z`));
  assert.equal(at("09:53:30"), "starts in 6 minutes");
  assert.equal(at("09:59:20"), "starts in less than a minute");
  assert.equal(at("10:00:00"), "60 minutes left");
  assert.equal(at("10:59:30"), "less than a minute left");
  assert.doesNotMatch(at("11:01:00"), /left/);
});
