import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { chat } from "../dev/fixture";
import { apply } from "../live/apply";
import { tellChatSeen } from "../live/chat-seen";
import { unread } from "../live/derived";
import { store } from "../live/store";
import { inClassAs } from "./class-state";

let told: string[] = [];
let stop: () => void = () => undefined;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  told = [];
  inClassAs("Margaret", "patient", { chat: chat("Margaret"), chat_seen: "1" });
  stop = tellChatSeen(async (up_to) => told.push(up_to));
});
afterEach(() => {
  stop();
  mock.timers.reset();
});

test("what is on the screen is told as read at once, and what comes soon after it together", () => {
  assert.equal(unread.value, 2);
  store.drawer.value = "chat";
  assert.deepEqual([told, unread.value], [["4"], 0]);
  const [first] = chat("Margaret");
  assert.ok(first);
  for (const id of ["5", "6"]) apply("message", { ...first, id });
  assert.deepEqual([told, unread.value], [["4"], 0]);
  mock.timers.tick(1000);
  assert.deepEqual(told, ["4", "6"]);
  mock.timers.tick(1000);
  assert.deepEqual(told, ["4", "6"]);
  apply("message", { ...first, id: "7" });
  assert.deepEqual(told, ["4", "6", "7"]);
});

test("nothing is read while the chat is closed, or the page is not looked at", () => {
  store.drawer.value = "questions";
  store.pageHidden.value = true;
  store.drawer.value = "chat";
  mock.timers.tick(1000);
  assert.deepEqual([told, unread.value], [[], 2]);
  store.pageHidden.value = false;
  mock.timers.tick(1000);
  assert.deepEqual([told, unread.value], [["4"], 0]);
});
