import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialsIn, restartIce, withCredentials } from "../live/media/restart";

const sdp = (ufrag: string, pwd: string) =>
  ["v=0", "m=audio 9", `a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`, "m=video 9"]
    .concat([`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`, "a=candidate:1 1 udp 1 192.0.2.1 9 typ host", ""])
    .join("\r\n");
const THEIRS = { ufrag: "fresh", pwd: "$&$1-secret" };

function connection() {
  const calls: string[] = [];
  const pc = {
    signalingState: "stable",
    localDescription: { sdp: sdp("old", "oldsecret") },
    createOffer: async (options: RTCOfferOptions) => {
      assert.deepEqual(options, { iceRestart: true });
      return { type: "offer", sdp: sdp("mine", "mysecret") };
    },
    setLocalDescription: async (one: RTCSessionDescriptionInit) => {
      calls.push(one.type);
      pc.signalingState = one.type === "offer" ? "have-local-offer" : "stable";
      if (one.sdp) pc.localDescription = { sdp: one.sdp };
    },
    setRemoteDescription: async (one: RTCSessionDescriptionInit) => {
      calls.push(`${one.type} ${credentialsIn(one.sdp ?? "").ufrag}`);
      pc.signalingState = "stable";
    },
  };
  return { pc: pc as unknown as RTCPeerConnection, calls };
}

test("the answer keeps everything but the credentials, which change in all its parts", () => {
  assert.equal(withCredentials(sdp("a", "b"), THEIRS), sdp(THEIRS.ufrag, THEIRS.pwd));
});

test("our fresh credentials go to the server, its own into the answer", async () => {
  const { pc, calls } = connection();
  const fresh = await restartIce(pc, sdp("old", "old"), async (ours) => {
    assert.deepEqual(ours, { ufrag: "mine", pwd: "mysecret" });
    return THEIRS;
  });
  assert.deepEqual(calls, ["offer", "answer fresh"]);
  assert.equal(fresh, sdp(THEIRS.ufrag, THEIRS.pwd));
});

test("after a refusal the connection is as before", async () => {
  const { pc, calls } = connection();
  await assert.rejects(
    restartIce(pc, sdp("old", "old"), () => Promise.reject(new Error("refused"))),
    /refused/,
  );
  assert.deepEqual(calls, ["offer", "rollback"]);
  assert.equal(pc.signalingState, "stable");
});
