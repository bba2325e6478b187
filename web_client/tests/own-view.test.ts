import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { picturesOff } from "../live/derived";
import { linesIn } from "../live/media/pictures";
import { followPageHidden, ownView, tellOwnView } from "../live/own-view";
import type { OwnView } from "../live/protocol";
import { store } from "../live/store";
import { inClassAs } from "./class-state";

mock.timers.enable({ apis: ["setTimeout"] });
let stop = () => {};

function seen(shown: Record<string, number | null>): void {
  store.shown.value = new Map(Object.entries(shown));
}

beforeEach(() => {
  inClassAs("Margaret", "patient");
  store.mediaPeer.value = "peer";
  seen({ stage: 576, side: 0 });
});
afterEach(() => {
  stop();
  mock.timers.runAll();
});

test("told are the pictures that can be seen, and how large", () => {
  assert.deepEqual(ownView(), { peer: "peer", slots: { stage: 576 }, sound_only: false });
});

test("nothing is told before all is measured, in the waiting room, or without a connection", () => {
  seen({ stage: 576, side: null });
  assert.equal(ownView(), null);
  seen({});
  assert.equal(ownView(), null);
  seen({ stage: 576 });
  store.mediaPeer.value = null;
  assert.equal(ownView(), null);
  store.mediaPeer.value = "peer";
  if (store.me.value) store.me.value = { ...store.me.value, place: "waiting" };
  assert.equal(ownView(), null);
});

test("who wants sound only, and whose page is hidden, takes no picture; only the former has chosen that", () => {
  store.soundOnly.value = true;
  assert.deepEqual(ownView(), { peer: "peer", slots: {}, sound_only: true });
  store.soundOnly.value = false;
  store.pageHidden.value = true;
  assert.deepEqual(ownView(), { peer: "peer", slots: {}, sound_only: false });
});

test("changes in quick succession are told once, what is told is not told again, sound only at once", () => {
  const told: OwnView[] = [];
  stop = tellOwnView(async (view) => told.push(view));
  seen({ stage: 400 });
  seen({ stage: 304 });
  assert.equal(told.length, 0);
  mock.timers.tick(250);
  assert.deepEqual(
    told.map((one) => one.slots),
    [{ stage: 304 }],
  );
  seen({ stage: 304 });
  mock.timers.tick(250);
  assert.equal(told.length, 1);
  store.soundOnly.value = true;
  assert.equal(told.at(-1)?.sound_only, true);
  store.soundOnly.value = false;
  assert.deepEqual(told.at(-1)?.slots, { stage: 304 });
  store.pageHidden.value = true;
  assert.deepEqual(told.at(-1)?.slots, {});
  store.pageHidden.value = false;
  assert.deepEqual(told.at(-1)?.slots, { stage: 304 });
});

test("after a negotiation, and when the socket is back, it is told anew", () => {
  const told: OwnView[] = [];
  stop = tellOwnView(async (view) => told.push(view));
  mock.timers.tick(250);
  store.mediaPeer.value = null;
  store.mediaPeer.value = "other";
  mock.timers.tick(250);
  store.socketUp.value = false;
  store.socketUp.value = true;
  mock.timers.tick(250);
  assert.deepEqual(
    told.map((one) => one.peer),
    ["peer", "other", "other"],
  );
});

test("staff always take the pictures, whatever was chosen in this tab before", () => {
  inClassAs("Hannah", "physio");
  store.mediaPeer.value = "peer";
  seen({ seat0: 180 });
  store.soundOnly.value = true;
  assert.deepEqual(ownView(), { peer: "peer", slots: { seat0: 180 }, sound_only: false });
  assert.equal(picturesOff.value, false);
});

test("what is refused or lost is told again after a second, until it has come", async () => {
  const told: OwnView[] = [];
  stop = tellOwnView(async (view) => {
    told.push(view);
    if (told.length < 3) throw new Error("too fast");
  });
  mock.timers.tick(250);
  for (let second = 0; second < 5; second++) {
    await Promise.resolve();
    await Promise.resolve();
    mock.timers.tick(1000);
  }
  assert.deepEqual(
    told.map((one) => one.slots),
    [{ stage: 576 }, { stage: 576 }, { stage: 576 }],
  );
});

test("a page that is hidden for two seconds is not seen; one in a window of its own is; back at once", () => {
  const page = Object.assign(new EventTarget(), {
    visibilityState: "hidden",
    pictureInPictureElement: null as object | null,
  });
  const change = (visibility: string, pictureInPicture: object | null = null) => {
    Object.assign(page, { visibilityState: visibility, pictureInPictureElement: pictureInPicture });
    page.dispatchEvent(new Event("visibilitychange"));
  };
  followPageHidden(page as unknown as Document);
  mock.timers.tick(1999);
  assert.equal(store.pageHidden.value, false);
  mock.timers.tick(1);
  assert.equal(store.pageHidden.value, true);
  change("visible");
  assert.equal(store.pageHidden.value, false);
  change("hidden", {});
  mock.timers.tick(5000);
  assert.equal(store.pageHidden.value, false);
});

test("a picture's lines are those of its shorter side, as far as the box lets it be", () => {
  const box = (width: number, height: number) => ({ width, height });
  assert.equal(linesIn(box(640, 360), false, 1), 360);
  assert.equal(linesIn(box(640, 360), false, 2), 720);
  assert.equal(linesIn(box(320, 900), false, 1), 184, "bars above and below");
  assert.equal(linesIn(box(640, 360), true, 1), 208, "a phone held upright: bars at the sides");
  assert.equal(linesIn(box(639, 359), false, 1), 360, "a pixel less is no change");
  assert.equal(linesIn(box(9000, 9000), false, 3), 4320);
});
