import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { Socket } from "socket.io-client";
import { call } from "../dev/fixture";
import { askHelp, endMyHelp, post } from "../live/actions";
import { helpUntold } from "../live/derived";
import { useLine } from "../live/requests";
import { store } from "../live/store";
import { inClassAs } from "./class-state";

const LOCKED = {
  ok: false,
  error: { code: "not_stored", words: "Ring us and say AB12.", reference: "AB12", detail: null },
};
const DONE = { ok: true, id: "h" };

/** A server whose answers the test gives, one by one. */
function serverOf(): { asked: string[]; answer: (ack: unknown) => Promise<void> } {
  const asked: string[] = [];
  const open: ((ack: unknown) => void)[] = [];
  const emitWithAck = (event: string) =>
    new Promise((resolve) => {
      asked.push(event);
      open.push(resolve);
    });
  const socket = { connected: true, timeout: () => ({ emitWithAck }) } as unknown as Socket;
  useLine({ socket, joined: true });
  return {
    asked,
    answer: async (ack) => {
      open.shift()?.(ack);
      await settled();
    },
  };
}

/** Lets promises run that wait for nothing more. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

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
  assert.deepEqual(server.asked, ["help:ask", "help:ask"]);
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
  assert.deepEqual(server.asked, ["help:ask"]);
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
