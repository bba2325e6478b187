import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { leave } from "../live/leaving";
import { useLine } from "../live/requests";
import { store } from "../live/store";
import { inClassAs } from "./class-state";
import { serverOf, settled } from "./socket-double";

const DONE = { ok: true, id: null };
const NOT_STORED = {
  ok: false,
  error: { code: "not_stored", words: "Ring us and say AB12.", reference: "AB12", detail: null },
};

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  inClassAs("Margaret", "patient");
});
afterEach(() => {
  mock.timers.reset();
  useLine({ socket: null, joined: false });
});

/** Time passes in small steps, in each of which what waits for it goes on. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    mock.timers.tick(500);
    await settled();
  }
}

test("goodbye is said at once, the devices are off, and nothing is said of a server that answers", async () => {
  const server = serverOf();
  let stopped = 0;
  const track = { stop: () => stopped++ } as unknown as MediaStreamTrack;
  store.devices.value = { ...store.devices.peek(), microphone: track, camera: track };
  const leaving = leave();
  assert.equal(store.phase.value, "left");
  assert.equal(stopped, 2);
  await settled();
  await server.answer(DONE);
  await leaving;
  assert.equal(store.leaveUntold.value, false);
});

test("who leaves is told after two seconds to keep the page open, and the server is told until it has it", async () => {
  const server = serverOf();
  const leaving = leave();
  await settled();
  await server.answer(NOT_STORED);
  assert.equal(store.leaveUntold.value, false);
  await pass(2000);
  assert.equal(store.leaveUntold.value, true);
  await server.answer(DONE);
  await leaving;
  assert.equal(store.leaveUntold.value, false);
  assert.deepEqual(
    server.asked.map(({ event }) => event),
    ["class:leave", "class:leave"],
  );
});

test("a socket that comes back later is told, though it has not joined", async () => {
  useLine({ socket: null, joined: false });
  const leaving = leave();
  await pass(5000);
  assert.equal(store.leaveUntold.value, true);
  const server = serverOf(false);
  await pass(1000);
  await server.answer(DONE);
  await leaving;
  assert.equal(server.asked.length, 1);
});

test("who goes back into class is not told off any more", async () => {
  useLine({ socket: null, joined: false });
  const leaving = leave();
  await pass(3000);
  store.phase.value = "joining";
  const server = serverOf();
  await pass(2000);
  await leaving;
  assert.deepEqual(server.asked, []);
});

test("after a minute it is of no use any more: it says so, and tries no longer", async () => {
  useLine({ socket: null, joined: false });
  const leaving = leave();
  await pass(62_000);
  await leaving;
  assert.equal(store.leaveUntold.value, true);
  const server = serverOf();
  await pass(5000);
  assert.deepEqual(server.asked, []);
});

test("the last of staff, whose colleague has gone meanwhile, is brought back and told", async () => {
  inClassAs("Hannah", "physio");
  const server = serverOf();
  const leaving = leave();
  await settled();
  const words = "You are the only member of staff in class.";
  await server.answer({ ok: false, error: { code: "last_staff", words, reference: null, detail: null } });
  await leaving;
  assert.notEqual(store.phase.value, "left");
  assert.equal(store.dialog.value, "leave");
  assert.equal(store.leaveUntold.value, false);
});
