import assert from "node:assert/strict";
import { test } from "node:test";
import { call, classView, lost, patientsOnWall, person } from "../dev/fixture";
import { apply } from "../live/apply";
import { talkInPrivate } from "../live/staff-actions";
import {
  asideOthers,
  asideWithMe,
  isLastOfStaff,
  leadsInstead,
  leavesGroupAlone,
  mayEnd,
  stageIsEmpty,
  undoNow,
} from "../live/staff-derived";
import { store } from "../live/store";
import { inClassAs } from "./class-state";

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

const nameAside = () => asideWithMe.value?.name;

test("what was done to all can be taken back for as long as the server says", () => {
  inClassAs("Hannah", "physio", { undo: { kind: "mute_all", people: 3, until: inSeconds(60) } });
  store.now.value = Date.now();
  assert.equal(undoNow.value?.people, 3);
  store.now.value = Date.now() + 61_000;
  assert.equal(undoNow.value, null);
});

test("a side room: the own one, and those of the others with whom they are", () => {
  const people = [...patientsOnWall(2), person("Tom", "helper", { aside: true, aside_with: "Dennis" })];
  inClassAs("Hannah", "physio", { people });
  assert.equal(nameAside(), undefined);
  assert.deepEqual(
    asideOthers.value.map(({ staff, patient }) => [staff.id, patient?.id]),
    [["Tom", "Dennis"]],
  );
  const { me } = classView("Hannah", "physio");
  apply("me", { ...me, aside: true, aside_with: "Margaret" });
  assert.equal(nameAside(), "Margaret");
});

test("a helper leads while the physio is away, and nobody may be on the stage", () => {
  inClassAs("Tom", "helper", { leader: "Hannah" });
  assert.deepEqual([leadsInstead.value, stageIsEmpty.value], [false, false]);
  inClassAs("Tom", "helper", { leader: "Tom", presenter: null });
  assert.deepEqual([leadsInstead.value, stageIsEmpty.value], [true, true]);
});

test("whoever leads may end the class, and another helper may not", () => {
  inClassAs("Ravi", "physio");
  assert.equal(mayEnd.value, true);
  inClassAs("Tom", "helper");
  assert.equal(mayEnd.value, false);
  inClassAs("Tom", "helper", { leader: "Tom" });
  assert.equal(mayEnd.value, true);
});

test("the last of staff does not leave patients who are in class, lost, or call for help", () => {
  const tom = person("Tom", "helper", { place: "dropped" });
  inClassAs("Hannah", "physio", { people: [tom] });
  assert.equal(isLastOfStaff.value, false, "nobody is there");
  for (const change of [
    { people: [tom, person("Jean", "patient")] },
    { people: [tom], unaccounted: [lost("Jean", "2026-01-05T10:01:00Z")] },
    { people: [tom], help: [call("Jean", "now")] },
  ]) {
    inClassAs("Hannah", "physio", change);
    assert.equal(isLastOfStaff.value, true);
  }
  inClassAs("Hannah", "physio", { people: [person("Tom", "helper"), person("Jean", "patient")] });
  assert.equal(isLastOfStaff.value, false, "a colleague is there");
});

test("before the only member of staff talks in private she is asked whether the group rests", async () => {
  const [margaret, other] = patientsOnWall(2);
  assert.ok(margaret && other);
  const people = [margaret, other];
  inClassAs("Hannah", "physio", { people });
  await talkInPrivate(margaret.id);
  assert.deepEqual([store.dialog.value, store.askedAside.value], ["aside", margaret.id]);

  const tom = person("Tom", "helper");
  inClassAs("Hannah", "physio", { people: [...people, tom] });
  assert.equal(leavesGroupAlone(margaret.id), false, "Tom hears the group");
  inClassAs("Hannah", "physio", { people: [...people, { ...tom, aside: true }] });
  assert.equal(leavesGroupAlone(margaret.id), true, "Tom is aside himself");
  inClassAs("Hannah", "physio", { people: [margaret] });
  assert.equal(leavesGroupAlone(margaret.id), false, "there is nobody else");
});
