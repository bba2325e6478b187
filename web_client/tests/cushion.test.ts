import assert from "node:assert/strict";
import { test } from "node:test";
import { Cushion, grow, wait } from "../live/media/cushion";

const RTT_MS = 80;

/** Looks `times` times while each look finds `losses` more packets asked for again; the waits given. */
function looks(cushion: Cushion, times: number, losses: number, from = 0): number[] {
  return Array.from({ length: times }, (_, at) => cushion.look(from + losses * (at + 1), 0, RTT_MS));
}

test("a line that loses nothing waits for two round trips, and not for long", () => {
  assert.deepEqual(new Set(looks(new Cushion(), 20, 0)), new Set([2 * RTT_MS]));
  assert.equal(new Cushion().look(0, 0, 700), 160);
  assert.equal(new Cushion().look(0, 0, 0), 0);
});

test("several losses at once are reason enough to wait longer", () => {
  const cushion = new Cushion();
  cushion.look(3, 0, RTT_MS);
  assert.equal(looks(cushion, 5, 0, 3).at(-1), 4 * RTT_MS);
});

test("one loss now and then is no reason to wait longer", () => {
  const cushion = new Cushion();
  for (let asked = 1; asked < 5; asked++) {
    assert.equal(cushion.look(asked, 0, RTT_MS), 2 * RTT_MS);
    for (let quiet = 0; quiet < 10; quiet++) assert.equal(cushion.look(asked, 0, RTT_MS), 2 * RTT_MS);
  }
});

test("a line that keeps losing waits for four round trips, reached in a second once that is known", () => {
  const waits = looks(new Cushion(), 12, 1);
  assert.equal(waits.at(-1), 4 * RTT_MS);
  const steps = waits.map((each, at) => each - (waits[at - 1] ?? 2 * RTT_MS));
  assert.ok(Math.max(...steps) <= 100);
  assert.deepEqual(waits.slice(0, 4), [160, 160, 260, 320]);
});

test("a wait grows in steps that are not seen, the second before the next look", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const receiver = { jitterBufferTarget: 160 as number | null };
  const pc = { getReceivers: () => [receiver] } as unknown as RTCPeerConnection;
  grow(pc, 160, 260, 500);
  assert.equal(receiver.jitterBufferTarget, 210);
  t.mock.timers.tick(249);
  assert.equal(receiver.jitterBufferTarget, 210);
  t.mock.timers.tick(1);
  assert.equal(receiver.jitterBufferTarget, 260);
  grow(pc, 260, 300, 500);
  assert.equal(receiver.jitterBufferTarget, 300);
  grow(pc, 300, 160, 500);
  assert.equal(receiver.jitterBufferTarget, 160);
});

test("a very long way does not make people wait for ever, nor a short one for nothing", () => {
  const last = (rtt_ms: number) => {
    const cushion = new Cushion();
    let wait_ms = 0;
    for (let asked = 1; asked < 30; asked++) wait_ms = cushion.look(asked, 0, rtt_ms);
    return wait_ms;
  };
  assert.equal(last(900), 500);
  assert.equal(last(5), 150);
});

test("a picture that stops even so makes the wait longer, by one round trip each time, up to six", () => {
  const cushion = new Cushion();
  looks(cushion, 12, 1);
  const waits: number[] = [];
  for (let stops = 1; stops <= 5; stops++) {
    for (let look = 0; look < 5; look++) waits.push(cushion.look(12 + stops, 250 * stops, RTT_MS));
  }
  assert.deepEqual([waits[4], waits[9], waits[14], waits[24]], [400, 480, 480, 480]);
});

test("a picture that stops for one loss makes the next ones wait, one that stops without loss does not", () => {
  const cushion = new Cushion();
  cushion.look(0, 300, RTT_MS);
  assert.equal(cushion.look(0, 600, RTT_MS), 2 * RTT_MS);
  cushion.look(1, 900, RTT_MS);
  assert.equal(looks(cushion, 10, 0, 1).at(-1), 4 * RTT_MS);
});

test("a minute after the last loss nothing waits longer any more", () => {
  const cushion = new Cushion();
  looks(cushion, 12, 1);
  const waits = Array.from({ length: 140 }, () => cushion.look(12, 0, RTT_MS));
  assert.equal(waits[100], 4 * RTT_MS);
  assert.equal(waits.at(-1), 2 * RTT_MS);
});

test("the wait is set where the browser knows of it, and only when it changes", () => {
  const set: (number | null)[] = [];
  const knowing = {
    get jitterBufferTarget() {
      return set.at(-1) ?? null;
    },
    set jitterBufferTarget(target: number | null) {
      set.push(target);
    },
  };
  const unknowing = {};
  const pc = { getReceivers: () => [knowing, unknowing] } as unknown as RTCPeerConnection;
  for (const wait_ms of [0, 50, 50, 0]) wait(pc, wait_ms);
  assert.deepEqual(set, [50, null]);
  assert.deepEqual(unknowing, {});
});
