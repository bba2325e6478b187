import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { chat, classView, person, questions } from "../dev/fixture";
import { announced, announceNews, GATHER_MS } from "../live/announced";
import { apply, applyClass } from "../live/apply";
import { store } from "../live/store";
import { forgetAll } from "./class-state";

mock.timers.enable({ apis: ["setTimeout"] });
announceNews();
const told = () => announced.value.map((one) => one.text);

function begin(who: string, role: "physio" | "patient"): void {
  forgetAll();
  store.facts.value = null;
  mock.timers.tick(GATHER_MS);
  mock.timers.tick(GATHER_MS);
  announced.value = [];
  applyClass({ ...classView(who, role), questions: [] });
}

const asked = questions("Nobody")[0];

test("staff are told who waits to come in, once, and not of who waited before they came", () => {
  begin("Hannah", "physio");
  assert.deepEqual(told(), []);
  const rosa = person("Rosa", "patient", { place: "waiting" });
  apply("person", rosa);
  apply("person", { ...rosa, microphone_on: true });
  assert.deepEqual(told(), ["Rosa waits to come in."]);
});

test("staff are told of a new question and from whom, and not again when it has changed", () => {
  begin("Hannah", "physio");
  assert.ok(asked);
  apply("question", asked);
  apply("question", { ...asked, votes: asked.votes + 1 });
  assert.deepEqual(told(), [`New question from ${asked.asker_name}.`]);
});

test("a patient is told of classmates' questions while they are open, and never of who waits", () => {
  begin("Margaret", "patient");
  assert.ok(asked);
  store.drawer.value = null;
  apply("person", person("Rosa", "patient", { place: "waiting" }));
  apply("question", { ...asked, id: "one" });
  store.drawer.value = "questions";
  apply("question", { ...asked, id: "two", mine: true });
  assert.deepEqual(told(), []);
  apply("question", { ...asked, id: "three", asker_name: "Someone in the group" });
  assert.deepEqual(told(), ["New question from Someone in the group."]);
});

test("who comes back after a lost line is told what is new, and nothing twice", () => {
  begin("Hannah", "physio");
  assert.ok(asked);
  const two = [
    { ...asked, id: "one" },
    { ...asked, id: "two" },
  ];
  apply("question", { ...asked, id: "one" });
  applyClass({ ...classView("Hannah", "physio"), questions: two });
  mock.timers.tick(GATHER_MS);
  assert.deepEqual(told(), Array(2).fill(`New question from ${asked.asker_name}.`));
});

test("of ten messages in a second one is read at once, and the others as one sentence", () => {
  const written = chat("Margaret").filter((one) => !one.mine)[0];
  assert.ok(written);
  begin("Margaret", "patient");
  store.drawer.value = "chat";
  for (let at = 0; at < 10; at++) apply("message", { ...written, id: `m${at}`, text: `Message ${at}` });
  const name = written.author_name;
  assert.deepEqual(told(), [`${name}: Message 0`]);
  mock.timers.tick(GATHER_MS);
  assert.deepEqual(told(), [`${name}: Message 0`, `9 new messages. The last is from ${name}: Message 9`]);
});

test("what stands in the chat already, what is one's own, and a chat that is closed are not read out", () => {
  const written = chat("Margaret").filter((one) => !one.mine)[0];
  assert.ok(written);
  begin("Margaret", "patient");
  apply("message", { ...written, id: "closed" });
  store.drawer.value = "chat";
  apply("message", { ...written, id: "mine", mine: true });
  store.chat.value = [{ ...written, id: "earlier" }, ...store.chat.value];
  assert.deepEqual(told(), []);
});

test("what staff hide is not read there any more, nor read out later", () => {
  const written = chat("Margaret").filter((one) => !one.mine)[0];
  assert.ok(written);
  begin("Margaret", "patient");
  store.drawer.value = "chat";
  const messages = ["Push through the pain", "Rubbish"].map((text) => ({ ...written, id: text, text }));
  for (const one of messages) apply("message", one);
  assert.equal(told().length, 1);
  for (const one of messages) apply("message", { ...one, text: "", hidden: true });
  mock.timers.tick(GATHER_MS);
  assert.deepEqual(told(), []);
});
