import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { MediaLine } from "../live/media/line";
import type { Role } from "../live/protocol";

const SDP = (ufrag: string) => `v=0\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:secret\r\n`;

class Connection {
  static made: Connection[] = [];
  connectionState: RTCPeerConnectionState = "new";
  signalingState: RTCSignalingState = "stable";
  localDescription = { sdp: SDP("first") };
  remote = "";
  onconnectionstatechange: (() => void) | null = null;
  private mids = 0;
  readonly sender = {
    getParameters: () => ({ encodings: this.encodings }),
    setParameters: async (parameters: { encodings: RTCRtpEncodingParameters[] }) => {
      this.encodings = parameters.encodings;
    },
    replaceTrack: async (track: MediaStreamTrack | null) => {
      if (track) this.put.push(this.active());
    },
  };
  encodings: RTCRtpEncodingParameters[] = [
    { rid: "l", active: true },
    { rid: "h", active: true },
  ];

  /** For each track that began to be sent, the layers that were sent then. */
  readonly put: (string | undefined)[][] = [];
  readonly active = () => this.encodings.filter((one) => one.active).map((one) => one.rid);

  constructor() {
    Connection.made.push(this);
  }
  addTransceiver = (kind: string) => ({
    mid: String(this.mids++),
    sender: this.sender,
    receiver: { track: { kind } },
  });
  getTransceivers = () => [];
  createOffer = async () => ({ type: "offer", sdp: SDP("again") });
  setLocalDescription = async ({ type }: { type: string }) => {
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
  };
  setRemoteDescription = async ({ sdp }: { sdp: string }) => {
    this.signalingState = "stable";
    this.remote = sdp;
  };
  close = () => {
    this.connectionState = "closed";
  };
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}
Object.assign(globalThis, { RTCPeerConnection: Connection });

let restarts: { peer: string }[] = [];
let restartAnswers: () => Promise<{ ufrag: string; pwd: string }>;
let states: string[] = [];

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const newest = () => {
  const last = Connection.made.at(-1);
  assert.ok(last);
  return last;
};

async function connected(role: Role = "patient"): Promise<MediaLine> {
  const line = new MediaLine({
    negotiate: async () => ({ ok: true, sdp: SDP("server"), peer: `peer${Connection.made.length}` }),
    restart: (ice) => {
      restarts.push(ice);
      return restartAnswers();
    },
    named: () => {},
    state: (state) => states.push(state),
    tracks: () => {},
  });
  await line.negotiate(role);
  newest().become("connected");
  states = [];
  return line;
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  Connection.made = [];
  restarts = [];
  restartAnswers = async () => ({ ufrag: "moved", pwd: "secret2" });
});

test("disconnected for a second: ICE is restarted, and the same connection goes on", async () => {
  await connected();
  newest().become("disconnected");
  mock.timers.tick(999);
  assert.equal(restarts.length, 0);
  mock.timers.tick(1);
  await settled();
  assert.deepEqual(restarts, [{ peer: "peer1", ufrag: "first", pwd: "secret" }]);
  assert.match(newest().remote, /ice-ufrag:moved/);
  newest().become("connected");
  mock.timers.tick(20_000);
  await settled();
  assert.equal(Connection.made.length, 1);
  assert.deepEqual(states, ["lost", "connected"]);
});

test("a restart that does not bring it back within three seconds is followed by a new connection", async () => {
  await connected();
  newest().become("disconnected");
  mock.timers.tick(1000);
  await settled();
  mock.timers.tick(2999);
  assert.equal(Connection.made.length, 1);
  mock.timers.tick(1);
  await settled();
  assert.equal(Connection.made.length, 2);
});

test("a refused restart is followed by a new connection where the line is lost, and by nothing where it holds", async () => {
  const line = await connected();
  restartAnswers = () => Promise.reject(new Error("refused"));
  await line.restart();
  assert.equal(Connection.made.length, 1);
  assert.equal(newest().signalingState, "stable");
  newest().become("disconnected");
  mock.timers.tick(1000);
  await settled();
  assert.equal(Connection.made.length, 2);
});

test("there are never two restarts at once", async () => {
  const line = await connected();
  await Promise.all([line.restart(), line.restart()]);
  assert.equal(restarts.length, 1);
  await line.restart();
  assert.equal(restarts.length, 2);
});

test("a new negotiation ends a restart that is under way, and may be restarted itself", async () => {
  const line = await connected();
  let answer = (_: { ufrag: string; pwd: string }) => {};
  restartAnswers = () => new Promise((resolve) => (answer = resolve));
  const restarting = line.restart();
  await settled();
  await line.negotiate("patient");
  newest().become("connected");
  restartAnswers = async () => ({ ufrag: "moved", pwd: "secret2" });
  await line.restart();
  answer({ ufrag: "late", pwd: "late" });
  await restarting;
  assert.deepEqual(
    restarts.map((one) => one.peer),
    ["peer1", "peer2"],
  );
  assert.match(newest().remote, /ice-ufrag:moved/);
  assert.equal(Connection.made.length, 2);
});

test("a line that comes back by itself is left alone; one that failed is made anew", async () => {
  await connected();
  newest().become("disconnected");
  newest().become("connected");
  mock.timers.tick(20_000);
  await settled();
  assert.equal(restarts.length, 0);
  newest().become("failed");
  await settled();
  assert.equal(Connection.made.length, 2);
});

test("a connection that may come back is kept when the socket was lost; one under way is not", async () => {
  const line = await connected();
  newest().become("disconnected");
  assert.equal(line.kept, "peer1");
  assert.equal(line.up, null);
  mock.timers.tick(1000);
  newest().become("connecting");
  assert.equal(line.kept, "peer1", "after a restart");
  const negotiation = line.negotiate("patient");
  assert.equal(line.kept, null);
  await negotiation;
});

test("layers that nobody takes are off until a new connection, which begins with all", async () => {
  const active = () =>
    newest()
      .encodings.filter((one) => one.active)
      .map((one) => one.rid);
  const line = await connected();
  line.sendLayers({ peer: "peer1", camera: ["l"] });
  await settled();
  assert.deepEqual(active(), ["l"]);
  await line.negotiate("patient");
  await settled();
  assert.deepEqual(active(), ["l", "h"]);
});

/** A line whose second answer comes when it is told to. */
async function negotiatingAnew() {
  let answer = () => {};
  const ack = (peer: string) => ({ ok: true as const, sdp: SDP("server"), peer });
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const line = new MediaLine({
    negotiate: async () => (Connection.made.length === 1 ? ack("old") : answered.then(() => ack("new"))),
    restart: () => restartAnswers(),
    named: () => {},
    state: (state) => states.push(state),
    tracks: () => {},
  });
  await line.negotiate("physio");
  newest().become("connected");
  const former = newest();
  const done = line.negotiate("physio");
  while (newest() === former) await settled();
  return { line, former, done, answer };
}
const sent = () => newest().encodings.map((one) => one.active);

test("layers of the former connection, told while a new one is made, do not hold for the new one", async () => {
  const { line, done, answer } = await negotiatingAnew();
  line.sendLayers({ peer: "old", camera: ["l"] });
  answer();
  await done;
  await settled();
  assert.deepEqual(sent(), [true, true]);
  line.sendLayers({ peer: "old", camera: [] });
  await settled();
  assert.deepEqual(sent(), [true, true]);
});

test("layers of the new connection that come before its answer is set hold for it", async () => {
  const { line, done, answer } = await negotiatingAnew();
  line.sendLayers({ peer: "new", camera: ["l"] });
  answer();
  await done;
  await settled();
  assert.deepEqual(sent(), [true, false]);
});

test("the former connection is closed also when the page leaves, or the answer cannot be set, meanwhile", async () => {
  for (const leaves of [true, false]) {
    Connection.made = [];
    const { line, former, done, answer } = await negotiatingAnew();
    newest().setRemoteDescription = async () => {
      if (!leaves) throw new Error("cannot be set");
      line.close();
    };
    answer();
    await done;
    assert.deepEqual([former.connectionState, newest().connectionState], ["closed", "closed"]);
    line.close();
  }
});

test("of a screen the whole layer is sent, of a second camera both; nothing begins with a layer that is stopped", async () => {
  const line = await connected("physio");
  const track = {} as MediaStreamTrack;
  line.send({ microphone: null, camera: null, side: { view: "screen", track } });
  assert.deepEqual(newest().put, [["h"]]);
  await settled();
  line.send({ microphone: null, camera: null, side: { view: "camera", track } });
  await settled();
  assert.deepEqual(newest().active(), ["l", "h"]);
});
