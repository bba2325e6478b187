import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Socket } from "socket.io-client";
import { newKey, passes, RefusedError, request, UnreachableError, useLine } from "../live/requests";

interface Sent {
  readonly event: string;
  readonly payload: unknown;
}

/** A socket that answers with these acknowledgements in turn; an error stands for none that came. */
function socketWith(answers: readonly unknown[]): { socket: Socket; sent: Sent[] } {
  const sent: Sent[] = [];
  const emitWithAck = async (event: string, payload: unknown) => {
    const answer = answers[sent.push({ event, payload }) - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { socket: { connected: true, timeout: () => ({ emitWithAck }) } as unknown as Socket, sent };
}

const refusal = (code: string, reference: string | null = null) => ({
  ok: false,
  error: { code, words: "That cannot be done.", reference, detail: null },
});
const DONE = { ok: true };
const LOST = new Error("no acknowledgement");

afterEach(() => useLine({ socket: null, joined: false }));

test("what was written is sent again, as it was, when no acknowledgement came", async () => {
  const { socket, sent } = socketWith([LOST, DONE]);
  useLine({ socket, joined: true });
  await request("chat:post", { key: "k", text: "Morning" }, { tries: 2 });
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[0], sent[1]);
});

test("a refusal is not sent again, and its words are for the person", async () => {
  const { socket, sent } = socketWith([refusal("too_long"), DONE]);
  useLine({ socket, joined: true });
  const failed = request("chat:post", { key: "k", text: "Morning" }, { tries: 4 });
  await assert.rejects(
    failed,
    (error) => error instanceof RefusedError && /cannot be done/.test(error.message),
  );
  assert.equal(sent.length, 1);
});

test("a refusal that passes is sent again", async () => {
  const { socket, sent } = socketWith([refusal("too_fast"), DONE]);
  useLine({ socket, joined: true });
  await request("chat:post", { key: "k", text: "Morning" }, { tries: 2 });
  assert.equal(sent.length, 2);
  assert.ok(passes(refusal("fault", "AB12").error));
  assert.ok(!passes(refusal("not_yours").error));
});

test("what could not be stored is said at once to who waits for it, and else sent again", async () => {
  const notStored = refusal("not_stored", "AB12");
  const first = socketWith([notStored, DONE]);
  useLine({ socket: first.socket, joined: true });
  const post = { key: "k", text: "Morning" };
  await assert.rejects(request("chat:post", post, { tries: 2, saidAtOnce: true }), RefusedError);
  assert.equal(first.sent.length, 1);
  const second = socketWith([notStored, DONE]);
  useLine({ socket: second.socket, joined: true });
  await request("chat:post", post, { tries: 2 });
  assert.equal(second.sent.length, 2);
  const third = socketWith([refusal("too_fast"), DONE]);
  useLine({ socket: third.socket, joined: true });
  await request("chat:post", post, { tries: 2, saidAtOnce: true });
  assert.equal(third.sent.length, 2);
});

test("the reference is said once", () => {
  const { error } = refusal("our_fault", "AB12");
  assert.equal(new RefusedError(error).message, "That cannot be done. (AB12)");
  const words = "Ring us and say AB12.";
  assert.equal(new RefusedError({ ...error, words }).message, words);
});

test("nothing but joining goes out before the class has been joined", async () => {
  const { socket, sent } = socketWith([DONE, DONE]);
  useLine({ socket, joined: false });
  const posted = request("chat:post", { key: "k", text: "Morning" });
  await request("class:join", { peer: null });
  assert.deepEqual(
    sent.map((one) => one.event),
    ["class:join"],
  );
  useLine({ socket, joined: true });
  await posted;
  assert.equal(sent.length, 2);
});

test("without a line it says so in words", async () => {
  const failed = request("chat:post", { key: "k", text: "Morning" }, { timeout_ms: 5 });
  await assert.rejects(
    failed,
    (error) => error instanceof UnreachableError && /could not reach/.test(error.message),
  );
});

test("keys are long and never the same", () => {
  assert.match(newKey(), /^[0-9a-f]{32}$/);
  assert.notEqual(newKey(), newKey());
});
