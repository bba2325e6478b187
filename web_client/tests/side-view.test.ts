import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { sending, switchedOn } from "../live/own-media";
import {
  canShowScreen,
  followOtherCameras,
  type OtherCamera,
  sayIfSideViewIsOff,
  showScreen,
  showSecondCamera,
  stopSideView,
} from "../live/side-view";
import { store } from "../live/store";
import { inClassAs } from "./class-state";

const DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1";
const KNEE: OtherCamera = { id: "knee", label: "Knee camera" };

class Track extends EventTarget {
  readyState = "live";
  contentHint = "";
  private readonly settings: MediaTrackSettings;
  constructor(settings: MediaTrackSettings = {}) {
    super();
    this.settings = settings;
  }
  getSettings = () => this.settings;
  stop = () => {
    this.readyState = "ended";
  };
  /** As the browser does it. */
  end(): void {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }
}

let listed: Partial<MediaDeviceInfo>[];
let answers: (wanted: MediaStreamConstraints) => Track;
let asked: MediaStreamConstraints[];
let plugged: EventTarget;

function browser(agent: string): void {
  const give = async (wanted: MediaStreamConstraints) => {
    asked.push(wanted);
    const track = answers(wanted);
    return { getVideoTracks: () => [track] };
  };
  const mediaDevices = Object.assign(plugged, {
    enumerateDevices: async () => listed,
    getUserMedia: give,
    getDisplayMedia: give,
  });
  Object.defineProperty(globalThis, "navigator", {
    value: { userAgent: agent, maxTouchPoints: 0, mediaDevices },
    configurable: true,
  });
}

const said = () => store.notice.value?.text ?? "";
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  inClassAs("Hannah", "physio");
  store.notice.value = null;
  store.devices.value = {
    ...store.devices.value,
    camera: new Track({ deviceId: "own" }) as unknown as MediaStreamTrack,
  };
  listed = [
    { kind: "videoinput", deviceId: "own", label: "Built in" },
    { kind: "audioinput", deviceId: "ears", label: "Microphone" },
    { kind: "videoinput", deviceId: "knee", label: "Knee camera (046d:082d)" },
  ];
  asked = [];
  plugged = new EventTarget();
  answers = () => new Track();
  browser(DESKTOP);
});
afterEach(() => {
  stopSideView();
  mock.timers.reset();
});

test("every camera but the one that is on can be shown, also one that is plugged in later", async () => {
  const told: string[][] = [];
  const stop = followOtherCameras((cameras) => told.push(cameras.map((one) => `${one.id} ${one.label}`)));
  await settled();
  listed = [...listed, { kind: "videoinput", deviceId: "bag", label: "Bag camera" }];
  plugged.dispatchEvent(new Event("devicechange"));
  await settled();
  stop();
  plugged.dispatchEvent(new Event("devicechange"));
  await settled();
  assert.deepEqual(told, [["knee Knee camera"], ["knee Knee camera", "bag Bag camera"]]);
});

test("nothing is offered of cameras before the browser may use one, nor on telephones, which have one at a time", async () => {
  const told: number[] = [];
  listed = [{ kind: "videoinput", deviceId: "", label: "" }];
  followOtherCameras((cameras) => told.push(cameras.length))();
  await settled();
  listed = [{ kind: "videoinput", deviceId: "back", label: "Back camera" }];
  browser(IPHONE);
  followOtherCameras((cameras) => told.push(cameras.length))();
  await settled();
  assert.deepEqual(told, [0, 0]);
});

test("a browser without screen sharing offers none", () => {
  assert.equal(canShowScreen(), true);
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: {} }, configurable: true });
  assert.equal(canShowScreen(), false);
});

test("the camera that was chosen is sent, told to the server, and let go of", async () => {
  const track = new Track();
  answers = () => track;
  await showSecondCamera(KNEE);
  assert.deepEqual(asked[0]?.video, {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 20, max: 20 },
    deviceId: { exact: "knee" },
  });
  assert.equal(sending().side?.track, track as unknown as MediaStreamTrack);
  assert.equal(switchedOn().side_view, "camera");
  stopSideView();
  assert.equal(track.readyState, "ended");
  assert.equal(sending().side, null);
  assert.equal(switchedOn().side_view, null);
});

test("a camera that is in use elsewhere is not shown, and it is said", async () => {
  answers = () => {
    throw new DOMException("in use", "NotReadableError");
  };
  await showSecondCamera(KNEE);
  assert.equal(store.side.value, null);
  assert.match(said(), /^Knee camera cannot be shown\. Close other programs/);
});

test("a window is shown in its own shape and readable; this page and whole screens are not offered", async () => {
  answers = () => new Track({ displaySurface: "window" });
  await showScreen();
  const wanted = asked[0] as DisplayMediaStreamOptions & Record<string, unknown>;
  assert.equal(wanted.monitorTypeSurfaces, "exclude");
  assert.equal(wanted.selfBrowserSurface, "exclude");
  assert.equal(store.side.value?.view, "screen");
  assert.equal(store.side.value?.track.contentHint, "detail");
  assert.equal(switchedOn().side_view, "screen");
});

test("a whole screen is let go of at once: the patients are on it", async () => {
  const track = new Track({ displaySurface: "monitor" });
  answers = () => track;
  await showScreen();
  assert.equal(track.readyState, "ended");
  assert.equal(store.side.value, null);
  assert.match(said(), /^Choose one window/);
});

test("who closes the browser's question is told nothing, unless the computer refused", async () => {
  let why = "Permission denied";
  answers = () => {
    throw new DOMException(why, "NotAllowedError");
  };
  await showScreen();
  assert.equal(said(), "");
  why = "Permission denied by system";
  await showScreen();
  assert.match(said(), /^This computer does not let the browser show a window/);
});

test("unplugged, or stopped at the browser's own button: it is off, and said", async () => {
  for (const [show, words] of [
    [() => showSecondCamera(KNEE), /^Your second camera has stopped/],
    [showScreen, /^Your screen is not shown any more/],
  ] as const) {
    const track = new Track();
    answers = () => track;
    await show();
    track.end();
    assert.equal(store.side.value, null);
    assert.match(said(), words);
  }
});

test("what was replaced by another has no say any more", async () => {
  const first = new Track();
  answers = () => first;
  await showSecondCamera(KNEE);
  answers = () => new Track({ displaySurface: "window" });
  await showScreen();
  assert.equal(first.readyState, "ended");
  first.end();
  assert.equal(store.side.value?.view, "screen");
});

test("after the page was loaded anew it is said what is off; after a lost line nothing is", async () => {
  assert.ok(store.me.value);
  const me = store.me.value;
  sayIfSideViewIsOff(me);
  assert.equal(said(), "");
  sayIfSideViewIsOff({ ...me, side_view: "screen" });
  assert.match(said(), /^Your screen is off since this page was loaded again/);
  store.notice.value = null;
  await showSecondCamera(KNEE);
  sayIfSideViewIsOff({ ...me, side_view: "camera" });
  assert.equal(said(), "");
});

test("nothing of it is sent to who waits", async () => {
  await showSecondCamera(KNEE);
  assert.ok(store.me.value);
  store.me.value = { ...store.me.value, place: "waiting" };
  assert.equal(sending().side, null);
});
