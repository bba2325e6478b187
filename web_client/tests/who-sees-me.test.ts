import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { apply } from "../live/apply";
import { stopCameraWhenTold } from "../live/own-devices";
import { sending, sendOwnMedia } from "../live/own-media";
import { showMe } from "../live/patient-actions";
import type { MeView, OwnMedia } from "../live/protocol";
import { useLine } from "../live/requests";
import { store } from "../live/store";
import { inClassAs } from "./class-state";
import { serverOf, settled } from "./socket-double";

const REFUSED = {
  ok: false,
  error: { code: "media_unavailable", words: "Try again.", reference: null, detail: null },
};
const DONE = { ok: true, id: null };

let cameraStops = 0;
const camera = () => ({ stop: () => cameraStops++ }) as unknown as MediaStreamTrack;
const me = (change: Partial<MeView>): MeView => {
  assert.ok(store.me.value);
  return { ...store.me.value, ...change };
};

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  cameraStops = 0;
  inClassAs("Margaret", "patient");
  store.wish.value = { microphone: false, camera: true };
  store.devices.value = { ...store.devices.value, camera: camera() };
});
afterEach(() => {
  mock.timers.reset();
  useLine({ socket: null, joined: false });
});

test("who wants to be seen by staff only is shown to nobody until that is done, however long it takes", async () => {
  const server = serverOf();
  assert.notEqual(sending().camera, null);
  const hiding = showMe(false);
  await settled();
  assert.equal(sending().camera, null);
  await server.answer(REFUSED);
  assert.equal(sending().camera, null, "it has not been done");
  mock.timers.tick(1000);
  await settled();
  assert.deepEqual(server.asked, [
    { event: "me:show", payload: { to_group: false } },
    { event: "me:show", payload: { to_group: false } },
  ]);
  await server.answer(DONE);
  await hiding;
  assert.notEqual(sending().camera, null, "staff see her again");
  assert.equal(store.notice.value?.text, "Only staff can see you now.");
});

test("to be seen by the group is asked for once, and ends the wish to be hidden", async () => {
  const server = serverOf();
  const hiding = showMe(false);
  await settled();
  const showing = showMe(true);
  await settled();
  await server.answer(REFUSED);
  await server.answer(DONE);
  await showing;
  mock.timers.tick(1000);
  await hiding;
  assert.deepEqual(
    server.asked.map(({ payload }) => payload),
    [{ to_group: false }, { to_group: true }],
  );
});

test("a camera that staff stop is let go of, also when it comes on only afterwards", () => {
  const stop = stopCameraWhenTold();
  apply("me", me({ camera_stopped: true, camera_on: false }));
  assert.equal(store.devices.value.camera, null);
  assert.equal(store.wish.value.camera, false);
  assert.equal(cameraStops, 1, "its light goes out");
  assert.match(store.notice.value?.text ?? "", /turned your camera off\. Nobody can see you\.$/);
  store.devices.value = { ...store.devices.value, camera: camera() };
  assert.equal(store.devices.value.camera, null);
  apply("me", me({ camera_stopped: false }));
  assert.match(store.notice.value?.text ?? "", /can turn your camera on again/);
  stop();
});

test("back from a side room the microphone is off: the group does not hear the rest of the sentence", () => {
  apply("me", me({ aside: true, aside_with: "Hannah" }));
  store.wish.value = { microphone: true, camera: true };
  apply("me", me({ aside: false, aside_with: null }));
  assert.equal(store.wish.value.microphone, false);
  assert.equal(store.notice.value?.text, "You are back with the group. Your microphone is off.");
});

const back: Partial<MeView> = { aside: false, aside_with: null };

test("back over their heads, staff are muted and told so; by their own click they speak on", () => {
  inClassAs("Hannah", "physio");
  apply("me", me({ aside: true, aside_with: "Margaret", microphone_on: true }));
  store.wish.value = { microphone: true, camera: true };
  apply("me", me({ ...back, microphone_on: true }));
  assert.deepEqual([store.wish.value.microphone, store.notice.value], [true, null]);
  apply("me", me({ aside: true, aside_with: "Margaret" }));
  apply("me", me({ ...back, microphone_on: false }));
  assert.deepEqual(store.wish.value, { microphone: false, camera: true });
  assert.equal(store.notice.value?.text, "You are muted. Press Unmute to speak to the group.");
});

test("what is switched on in a side room says so, and is told anew when it is switched on after it", async () => {
  const told: OwnMedia[] = [];
  const microphone = { enabled: true } as unknown as MediaStreamTrack;
  store.devices.value = { ...store.devices.value, microphone, asking: false };
  store.wish.value = { microphone: false, camera: true };
  apply("me", me({ camera_on: true }));
  sendOwnMedia({ send: () => undefined }, async (own) => told.push(own));
  const speak = () => {
    store.wish.value = { microphone: true, camera: true };
  };
  speak();
  apply("me", me({ microphone_on: true }));
  apply("me", me({ aside: true, aside_with: "Hannah" }));
  apply("me", me({ ...back, microphone_on: false }));
  speak();
  assert.deepEqual(told, [
    { microphone_on: true, camera_on: true },
    { microphone_on: true, camera_on: true },
  ]);
  apply("me", me({ aside: true, aside_with: "Hannah" }));
  speak();
  assert.deepEqual(told[2], { microphone_on: true, camera_on: true, aside: true });
});
