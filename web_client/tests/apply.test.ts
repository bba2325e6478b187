import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { chat, classView, HANNAH, line, questions } from "../dev/fixture";
import { apply, applyClass } from "../live/apply";
import { lineOf } from "../live/derived";
import type { MeView, QuestionView } from "../live/protocol";
import { store } from "../live/store";
import { forgetAll, inClassAs } from "./class-state";

mock.timers.enable({ apis: ["setTimeout"] });
afterEach(() => mock.timers.runAll());

function me(change: Partial<MeView> = {}): MeView {
  assert.ok(store.me.value);
  return { ...store.me.value, ...change };
}

function mine(change: Partial<QuestionView>): QuestionView {
  const found = questions("Margaret").find((one) => one.mine);
  assert.ok(found);
  return { ...found, ...change };
}

const said = () => store.notice.value?.text ?? null;

test("let in: said so, with the microphone off whatever it was", () => {
  forgetAll();
  const waiting = classView("Margaret", "patient");
  applyClass({ ...waiting, me: { ...waiting.me, place: "waiting" } });
  assert.equal(said(), null);
  store.wish.value = { camera: true, microphone: true };
  apply("me", me({ place: "in_class" }));
  assert.equal(said(), "You are in. Your microphone is off.");
  assert.deepEqual(store.wish.value, { camera: true, microphone: false });
});

test("staff are not let in, and nothing is said", () => {
  forgetAll();
  applyClass(classView("Hannah", "physio"));
  assert.equal(said(), null);
});

test("muted by staff, and heard again", () => {
  inClassAs("Margaret", "patient");
  apply("me", me({ muted_by_staff: true, microphone_on: true }));
  assert.match(said() ?? "", /muted you for the group\. Staff can still hear you\.$/);
  apply("me", me({ muted_by_staff: false }));
  assert.equal(said(), "Everyone can hear you again.");
});

test("what is said goes by itself", () => {
  inClassAs("Margaret", "patient");
  apply("me", me({ muted_by_staff: true }));
  mock.timers.tick(8000);
  assert.equal(said(), null);
});

test("my own question's answer is said; a vote, or someone else's answer, is not", () => {
  inClassAs("Margaret", "patient", { questions: questions("Margaret") });
  store.notice.value = null;
  apply("question", mine({ votes: 9 }));
  apply("question", { ...mine({ state: "answering" }), id: "3", mine: false });
  assert.equal(said(), null);
  apply("question", mine({ state: "answering", answered_by_name: "Hannah" }));
  assert.equal(said(), "Hannah is answering your question now.");
  apply("question", mine({ state: "answered_in_writing", answered_by_name: "Tom" }));
  assert.equal(said(), "Tom has answered your question in writing.");
});

test("a message that comes twice is shown once", () => {
  inClassAs("Margaret", "patient", { chat: chat("Margaret") });
  const [first] = store.chat.value;
  assert.ok(first);
  apply("message", first);
  assert.equal(store.chat.value.length, 5);
  apply("message", { ...first, id: "new" });
  assert.equal(store.chat.value.length, 6);
});

test("people come, change and go one by one; the others stay", () => {
  inClassAs("Margaret", "patient", { lines: [line("Hannah", "poor", "losses")] });
  apply("person", { ...HANNAH, place: "dropped" });
  assert.equal(store.people.value.get("Hannah")?.place, "dropped");
  apply("person_left", { id: "Hannah" });
  assert.deepEqual([...store.people.value.keys()], ["Tom"]);
  assert.equal(lineOf("Hannah"), null, "what was told of a line goes with the person");
  apply("here", { here: 3, presenter: null });
  assert.equal(store.facts.value?.here, 3);
  assert.equal(store.facts.value?.title, "Moving well: knees and hips");
});

test("a connection that is good again is said once, but not while it is made anew", () => {
  const bad = line("Margaret", "poor", "losses");
  const good = line("Margaret", "good");
  inClassAs("Margaret", "patient");
  store.notice.value = null;
  apply("line", good);
  assert.equal(said(), null, "it never was bad");
  apply("line", bad);
  apply("line", good);
  assert.equal(said(), "Your connection is good again.");
  inClassAs("Margaret", "patient", { lines: [bad] });
  store.notice.value = null;
  store.media.value = "lost";
  apply("line", good);
  assert.equal(said(), null);
});

test("an ended class is over for the page", () => {
  inClassAs("Margaret", "patient");
  applyClass(classView("Margaret", "patient", { ended: true }));
  assert.equal(store.phase.value, "ended");
});
