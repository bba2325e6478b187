import assert from "node:assert/strict";
import { test } from "node:test";
import { checkIn, classView, person } from "../dev/fixture";
import { apply } from "../live/apply";
import {
  besideOf,
  concernOf,
  flaggedInClass,
  isCleared,
  readyToComeIn,
  redFlags,
  redFlagsElsewhere,
} from "../live/derived";
import { whatFlagged, whereFlagged } from "../live/flag-words";
import { store } from "../live/store";
import { inClassAs } from "./class-state";

const queue = ["Ivy", "Ted", "Nora", "Sam"].map((name) => person(name, "patient", { place: "waiting" }));
const names = (people: readonly { readonly name: string }[]) => people.map((one) => one.name).sort();

test("without check-ins everybody who waits may be let in", () => {
  inClassAs("Hannah", "physio", { people: queue });
  assert.deepEqual(names(readyToComeIn.value), ["Ivy", "Nora", "Sam", "Ted"]);
});

test("whoever is held, has a red flag, was refused or has not checked in stays in the waiting room", () => {
  const check_ins = [
    checkIn("Ivy", "ready"),
    checkIn("Ted", "held"),
    checkIn("Nora", "not_yet"),
    checkIn("Sam", "red_flag"),
  ];
  inClassAs("Hannah", "physio", { people: queue, check_ins });
  assert.deepEqual(names(readyToComeIn.value), ["Ivy"]);
  apply("check_in", checkIn("Ted", "allowed"));
  assert.deepEqual(names(readyToComeIn.value), ["Ivy", "Ted"]);
  apply("check_in", checkIn("Ted", "refused"));
  assert.ok(!isCleared("Ted"));
});

test("of two in front of one device both must be ready", () => {
  const check_ins = [
    checkIn("Ivy", "ready", { together_with: "Ted" }),
    checkIn("Ted", "held", { together_with: "Ivy" }),
  ];
  inClassAs("Hannah", "physio", { people: queue, check_ins });
  assert.ok(!isCleared("Ivy"));
  apply("check_in", checkIn("Ted", "allowed", { together_with: "Ivy" }));
  assert.ok(isCleared("Ivy"));
});

test("a red flag is told to staff whether or not its person has come", () => {
  inClassAs("Hannah", "physio", { people: queue, check_ins: [checkIn("Dennis", "not_yet")] });
  assert.deepEqual(redFlags.value, []);
  apply("check_in", checkIn("Dennis", "red_flag"));
  assert.deepEqual(names(redFlags.value), ["Dennis"]);
  apply("check_in", checkIn("Dennis", "allowed"));
  assert.deepEqual(redFlags.value, []);
});

test("staff are told of a red flag where its person is, and never that somebody in class has not come", () => {
  const dennis = person("Dennis", "patient");
  inClassAs("Hannah", "physio", { people: [dennis], check_ins: [checkIn("Dennis", "ready")] });
  assert.deepEqual(flaggedInClass.value, []);
  const flag = checkIn("Dennis", "red_flag");
  apply("check_in", flag);
  assert.deepEqual(names(flaggedInClass.value), ["Dennis"]);
  assert.deepEqual(names(redFlagsElsewhere.value), ["Dennis"]);
  assert.equal(whereFlagged(flag), "Is in class now: stop them exercising.");
  assert.equal(whatFlagged(flag), "Was told to call 999 or go to A&E.");
  apply("person", { ...dennis, place: "dropped" });
  assert.deepEqual(flaggedInClass.value, []);
  assert.equal(whereFlagged(flag), "Was in class and has dropped out: ring them now.");
  apply("person", { ...dennis, place: "waiting" });
  assert.deepEqual(redFlagsElsewhere.value, []);
  apply("person_left", { id: "Dennis" });
  assert.deepEqual(names(redFlagsElsewhere.value), ["Dennis"]);
  assert.equal(whereFlagged(flag), "Has not come, or has left.");
});

test("who is held or refused while in class is shown there until the physio has decided, the gravest first", () => {
  const people = ["Ivy", "Ted", "Nora"].map((name) => person(name, "patient"));
  const check_ins = [checkIn("Ivy", "ready"), checkIn("Ted", "held"), checkIn("Nora", "red_flag")];
  inClassAs("Tom", "helper", { people, check_ins });
  assert.deepEqual(
    flaggedInClass.value.map((one) => one.name),
    ["Nora", "Ted"],
  );
  assert.equal(concernOf("Ted")?.state, "held");
  assert.equal(concernOf("Ivy"), null);
  apply("check_in", checkIn("Ted", "allowed"));
  apply("check_in", checkIn("Nora", "allowed"));
  assert.deepEqual(flaggedInClass.value, []);
});

test("of two in front of one device the one who did not join is where the other is", () => {
  const margaret = person("Margaret", "patient");
  const check_ins = [checkIn("Margaret", "ready", { together_with: "George" }), checkIn("George", "ready")];
  inClassAs("Hannah", "physio", { people: [margaret], check_ins });
  const flag = checkIn("George", "red_flag");
  apply("check_in", flag);
  assert.equal(besideOf("George")?.person, "Margaret");
  assert.deepEqual(names(flaggedInClass.value), ["George"]);
  assert.equal(concernOf("Margaret")?.person, "George");
  assert.equal(whereFlagged(flag), "Is in class now, beside Margaret Example: stop them exercising.");
});

test("who comes back to the waiting room is told so, and is muted", () => {
  inClassAs("Margaret", "patient");
  const me = store.me.value;
  assert.ok(me);
  store.wish.value = { ...store.wish.value, microphone: true };
  apply("me", { ...me, place: "dropped" });
  apply("class", classView("Margaret", "patient", { me: { ...me, place: "waiting" } }));
  assert.match(store.notice.value?.text ?? "", /^You are back in the waiting room/);
  assert.equal(store.wish.value.microphone, false);
});

test("who waits keeps what staff wrote until it is taken back", () => {
  inClassAs("Margaret", "patient");
  const me = store.me.value;
  assert.ok(me);
  apply("me", { ...me, place: "waiting", told: "I will be with you in 5 minutes." });
  assert.equal(store.me.value?.told, "I will be with you in 5 minutes.");
  apply("me", { ...me, place: "waiting", told: "" });
  assert.equal(store.me.value?.told, "");
});
