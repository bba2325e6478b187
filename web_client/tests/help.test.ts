import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { call } from "../dev/fixture";
import { askHelp, endMyHelp, toggleCamera } from "../live/actions";
import { helpUntold } from "../live/derived";
import { helpLeftUntold, helpUnanswered } from "../live/help-now";
import { useLine } from "../live/requests";
import { store } from "../live/store";
import { post } from "../live/talk-actions";
import { inClassAs } from "./class-state";
import { serverOf, settled } from "./socket-double";

const LOCKED = {
  ok: false,
  error: { code: "not_stored", words: "Ring us and say AB12.", reference: "AB12", detail: null },
};
const DONE = { ok: true, id: "h" };

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  inClassAs("Margaret", "patient");
  store.config.value = { link: "l", service_phone: "01632 960123", service_name: "Riverside" };
});
afterEach(() => {
  mock.timers.reset();
  useLine({ socket: null, joined: false });
});

test("a call that is refused is said not to have arrived, and goes on until it has", async () => {
  const server = serverOf();
  const calling = askHelp("now");
  await settled();
  assert.equal(helpUntold.value, false, "most calls arrive at once");
  await server.answer(LOCKED);
  assert.equal(helpUntold.value, true);
  assert.equal(store.helpSending.value, "now");
  mock.timers.tick(1000);
  await settled();
  assert.deepEqual(
    server.asked.map(({ event }) => event),
    ["help:ask", "help:ask"],
  );
  assert.equal(helpUntold.value, true, "a second try is no reason to hope");
  await server.answer(DONE);
  await calling;
  assert.equal(helpUntold.value, false);
  assert.equal(store.helpSending.value, null);
});

test("a call that nobody acknowledges is said not to have arrived after five seconds", async () => {
  const server = serverOf();
  const calling = askHelp("now");
  await settled();
  mock.timers.tick(4999);
  assert.equal(helpUntold.value, false);
  mock.timers.tick(1);
  assert.equal(helpUntold.value, true);
  await server.answer(DONE);
  await calling;
  assert.equal(helpUntold.value, false);
});

test("a call without a line is said not to arrive at once", async () => {
  serverOf();
  void askHelp("rest");
  await settled();
  store.socketUp.value = false;
  assert.equal(helpUntold.value, true);
  store.socketUp.value = true;
  assert.equal(helpUntold.value, false);
});

test("who is all right again is not called for any more", async () => {
  const server = serverOf();
  const calling = askHelp("now");
  await settled();
  await endMyHelp();
  await server.answer(LOCKED);
  mock.timers.tick(1000);
  await calling;
  assert.deepEqual(
    server.asked.map(({ event }) => event),
    ["help:ask"],
  );
  assert.equal(helpUntold.value, false);
  store.help.value = new Map([["h", call("Margaret", "now")]]);
  assert.equal(helpUntold.value, false);
});

test("why a message was not sent is said in the server's words, and without them whom to ring", async () => {
  const server = serverOf();
  const posted = post("Morning", "k");
  await settled();
  await server.answer(LOCKED);
  assert.equal(await posted, "Ring us and say AB12.");
  useLine({ socket: null, joined: false });
  const lost = post("Morning", "k");
  for (let waited = 0; waited < 20; waited++) {
    mock.timers.tick(1000);
    await settled();
  }
  assert.match((await lost) ?? "", /could not reach the class.*ring 01632 960123\.$/);
});

test("a call is on the way to staff until one of them has seen it, and after half a minute the phone is named", () => {
  const open = { ...call("m", "now"), id: "mine", person: store.me.value?.id ?? "" };
  store.help.value = new Map([[open.id, { ...open, called_at: new Date(0).toISOString() }]]);
  store.now.value = 29_000;
  assert.equal(helpUnanswered.value, false);
  store.now.value = 31_000;
  assert.equal(helpUnanswered.value, true);
  store.help.value = new Map([
    [open.id, { ...open, seen_at: new Date(31_000).toISOString(), seen_by_name: "Tom" }],
  ]);
  assert.equal(helpUnanswered.value, false);
});

test("a call that was not sent when the class was over is said not to have arrived", async () => {
  const server = serverOf();
  const calling = askHelp("now");
  await settled();
  assert.equal(helpLeftUntold.value, false);
  store.phase.value = "ended";
  await server.answer(LOCKED);
  mock.timers.tick(1000);
  await calling;
  assert.equal(helpLeftUntold.value, true);
});

test("neither a camera that cannot be had nor the end takes away the question whether help is needed", async () => {
  const getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
  Object.defineProperty(globalThis, "navigator", {
    value: { mediaDevices: { getUserMedia } },
    configurable: true,
  });
  store.dialog.value = "help";
  await toggleCamera();
  assert.equal(store.dialog.value, "help");
  store.phase.value = "replaced";
  assert.equal(helpLeftUntold.value, true);
});
