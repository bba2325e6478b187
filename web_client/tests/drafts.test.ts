import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { drop, isWriting, sendDraft, write } from "../live/drafts";
import { store } from "../live/store";
import { forgetAll } from "./class-state";

let sent: { text: string; key: string }[] = [];
let answer: (fault: string | null) => void = () => undefined;

beforeEach(() => {
  forgetAll();
  sent = [];
});

/** Sends what stands in the box; the server has not answered yet. */
const send = () =>
  sendDraft("message", "", (text, key) => {
    sent.push({ text, key });
    return new Promise((settle) => {
      answer = settle;
    });
  });

const words = () => store.drafts.value.get("message")?.text ?? "";

test("what is acknowledged goes from its box, and the next has another key", async () => {
  for (const text of ["Hello ", "Hello again"]) {
    write("message", text);
    const done = send();
    answer(null);
    assert.equal(await done, true);
    assert.equal(words(), "");
  }
  assert.deepEqual(
    sent.map((one) => one.text),
    ["Hello", "Hello again"],
  );
  assert.notEqual(sent[0]?.key, sent[1]?.key);
});

test("what is typed while it is sent stays", async () => {
  write("message", "Hello");
  const done = send();
  write("message", "Hello. And my knee");
  answer(null);
  await done;
  assert.equal(words(), ". And my knee");
  write("message", "One");
  const other = send();
  write("message", "Two");
  answer(null);
  await other;
  assert.equal(words(), "Two");
});

test("until it is acknowledged it is sent with one key, in whatever words", async () => {
  write("message", "Hello");
  const lost = send();
  answer("We cannot reach the class.");
  assert.equal(await lost, false);
  assert.equal(store.drafts.value.get("message")?.fault, "We cannot reach the class.");
  write("message", "Hello all");
  const done = send();
  assert.equal(store.drafts.value.get("message")?.fault, null);
  answer(null);
  await done;
  assert.equal(sent[0]?.key, sent[1]?.key);
  assert.match(store.notice.value?.text ?? "", /as you last wrote it/);
});

test("it is sent once, however often the button is pressed", async () => {
  write("message", "Hello");
  const done = send();
  assert.equal(await send(), false);
  answer(null);
  await done;
  assert.equal(sent.length, 1);
});

test("each box keeps its own words until they are sent or dropped", () => {
  write("message", "Hello");
  write("question", "May I sit?");
  assert.deepEqual([isWriting("message"), isWriting("question"), isWriting("reply-1")], [true, true, false]);
  drop("message");
  assert.deepEqual([isWriting("message"), isWriting("question")], [false, true]);
});
