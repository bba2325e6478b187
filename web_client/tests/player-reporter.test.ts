import assert from "node:assert/strict";
import { test } from "node:test";
import { type Outcome, type Report, Reporter } from "../player/reporter";
import { sender } from "../player/sending";

const KEPT: Outcome = { kept: "yes" };
const AWAY: Outcome = { kept: "away" };

/** A line whose answers the test gives, and a clock that it moves. */
function line() {
  const keys = ["a-playback-key", "another-key"];
  const sent: Report[] = [];
  const answers: ((outcome: Outcome) => void)[] = [];
  const told: Outcome[] = [];
  const waits: { what: () => void; afterMs: number }[] = [];
  const reporter = new Reporter(
    () => keys.shift() ?? "no-more-keys",
    (report) => {
      sent.push(report);
      return new Promise((resolve) => answers.push(resolve));
    },
    (what, afterMs) => waits.push({ what, afterMs }),
    (outcome) => told.push(outcome),
  );
  /** Answers the report that waits longest, and lets the reporter go on. */
  const answer = async (outcome: Outcome) => {
    answers.shift()?.(outcome);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { reporter, sent, told, waits, answer };
}

function stretches(...ends: [number, number][]) {
  return ends.map(([from_ms, to_ms]) => ({ from_ms, to_ms }));
}

function body(from_ms: number, to_ms: number, position_ms: number): Report {
  return { playback: "a-playback-key", from_ms, to_ms, position_ms };
}

test("one report after another, in order; what comes meanwhile is joined", async () => {
  const { reporter, sent, answer } = line();
  reporter.note(stretches([0, 4000]), 4000);
  reporter.note(stretches([4000, 6000]), 6000);
  reporter.note(stretches([6000, 8000]), 8000.4);
  assert.deepEqual(sent, [body(0, 4000, 4000)]);
  await answer(KEPT);
  assert.deepEqual(sent.slice(1), [body(4000, 8000, 8000)]);
  await answer(KEPT);
  assert.equal(sent.length, 2);
});

test("a leap while it stands is reported as a place alone", async () => {
  const { reporter, sent } = line();
  reporter.note([], 27_000);
  assert.deepEqual(sent, [body(27_000, 27_000, 27_000)]);
});

test("what did not arrive is kept, joined with the rest, and sent when the time has come", async () => {
  const { reporter, sent, told, waits, answer } = line();
  reporter.note(stretches([0, 4000]), 4000);
  await answer(AWAY);
  assert.deepEqual(told, [], "one lost report is nothing to worry anybody with");
  reporter.note(stretches([4000, 8000]), 8000);
  assert.equal(sent.length, 1);
  assert.equal(waits.length, 1);
  waits[0]?.what();
  assert.deepEqual(sent[1], body(0, 8000, 8000));
  await answer(AWAY);
  assert.deepEqual(told, [AWAY]);
  assert.ok((waits[1]?.afterMs ?? 0) > (waits[0]?.afterMs ?? 0));
  reporter.again();
  await answer(KEPT);
  assert.deepEqual(told, [AWAY, KEPT]);
  assert.deepEqual(sent[2], body(0, 8000, 8000));
});

test("what the server refuses is not sent again, and the next report is tried all the same", async () => {
  const { reporter, sent, told, answer } = line();
  const refused: Outcome = { kept: "refused", words: "Your link no longer works." };
  reporter.note(stretches([0, 4000]), 4000);
  await answer(refused);
  assert.deepEqual(told, [refused]);
  reporter.note(stretches([4000, 8000]), 8000);
  assert.deepEqual(sent[1], body(4000, 8000, 8000));
});

test("a new time through has a new key, which what was watched before does not get", async () => {
  const { reporter, sent, answer } = line();
  reporter.note(stretches([0, 4000]), 4000);
  reporter.anew();
  await answer(KEPT);
  reporter.note(stretches([0, 2000]), 2000);
  assert.deepEqual(
    sent.map((one) => one.playback),
    ["a-playback-key", "another-key"],
  );
});

test("who leaves leaves nothing behind: all is sent at once, without waiting", async () => {
  const { reporter, sent } = line();
  reporter.note(stretches([0, 4000]), 4000);
  reporter.leave(stretches([4000, 5000], [9000, 9500]), 9500);
  assert.deepEqual(sent.slice(1), [body(4000, 5000, 9500), body(9000, 9500, 9500)]);
});

test("who leaves while the server is away sends what had been kept", async () => {
  const { reporter, sent, answer } = line();
  reporter.note(stretches([0, 4000]), 4000);
  await answer(AWAY);
  reporter.leave(stretches([4000, 5000]), 5000);
  assert.deepEqual(sent[1], body(0, 5000, 5000));
});

test("an answer says whether the place was kept, will be asked for later, or is refused in words", async () => {
  const words = JSON.stringify({ ok: false, error: { code: "x", words: "Open your link again." } });
  const cases: [() => Promise<Response>, Outcome][] = [
    [async () => new Response("{}", { status: 200 }), KEPT],
    [async () => new Response('{"ok":true,"kept_all":true}'), KEPT],
    [async () => new Response('{"ok":true,"kept_all":false}'), { kept: "partly" }],
    [async () => new Response("busy", { status: 503 }), AWAY],
    [async () => new Response("slowly", { status: 429 }), AWAY],
    [async () => Promise.reject(new TypeError("no network")), AWAY],
    [async () => new Response(words, { status: 403 }), { kept: "refused", words: "Open your link again." }],
    [async () => new Response("<html>", { status: 404 }), { kept: "refused", words: "" }],
  ];
  for (const [fetch, outcome] of cases) {
    const send = sender("/watched", { fetch, beacon: null, leaving: () => false });
    assert.deepEqual(await send(body(0, 1, 1)), outcome);
  }
});

test("a report outlives the page: kept alive, or by a beacon where that is not known", async () => {
  const kept: RequestInit[] = [];
  const fetch = async (_address: string, how: RequestInit) => {
    kept.push(how);
    return new Response("{}");
  };
  await sender("/watched", { fetch, beacon: null, leaving: () => true })(body(0, 1, 1));
  assert.equal(kept[0]?.keepalive, true);
  const beacons: Blob[] = [];
  const beacon = (_address: string, blob: Blob) => beacons.push(blob) > 0;
  await sender("/watched", { fetch, beacon, leaving: () => true })(body(0, 1, 1));
  assert.equal(kept.length, 1);
  assert.equal(beacons[0]?.type, "application/json");
});
