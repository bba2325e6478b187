import assert from "node:assert/strict";
import { test } from "node:test";
import { SentLayers } from "../live/media/layers";

/** A sender that takes a moment for each change, refuses two at once, and the first ones as often as told. */
function senderOf(rids: readonly (string | undefined)[], refusals = 0) {
  const set: string[] = [];
  let busy = false;
  let encodings = rids.map((rid) => ({ ...(rid && { rid }), active: true }));
  const sender = {
    getParameters: () => ({ encodings: encodings.map((one) => ({ ...one })) }),
    setParameters: async (parameters: RTCRtpSendParameters) => {
      assert.equal(busy, false, "the browser was asked for two changes at once");
      busy = true;
      await Promise.resolve();
      busy = false;
      if (refusals-- > 0) throw new DOMException("stale", "InvalidStateError");
      encodings = parameters.encodings as typeof encodings;
      set.push(active());
    },
  };
  const active = () =>
    encodings
      .filter((one) => one.active)
      .map((one) => one.rid ?? "all")
      .join(" ");
  return { layers: new SentLayers(sender as unknown as RTCRtpSender), set, active };
}

test("only the layers that somebody takes are sent, and none when nobody takes any", async () => {
  const { layers, active } = senderOf(["l", "m", "h"]);
  await layers.want(["l", "h"]);
  assert.equal(active(), "l h");
  await layers.want([]);
  assert.equal(active(), "");
  await layers.want(null);
  assert.equal(active(), "l m h");
});

test("changes that come quickly are made one after the other, and the last one holds", async () => {
  const { layers, set, active } = senderOf(["l", "m", "h"]);
  await Promise.all([layers.want(["l"]), layers.want(["m"]), layers.want(["h"])]);
  assert.equal(active(), "h");
  assert.deepEqual(set, ["l", "h"]);
});

test("a browser without simulcast sends its one stream, or nothing", async () => {
  const { layers, active } = senderOf([undefined]);
  await layers.want([]);
  assert.equal(active(), "");
  await layers.want(["h"]);
  assert.equal(active(), "all");
});

test("what is refused once is asked again, and what is always refused stays as it was", async () => {
  const once = senderOf(["l", "h"], 1);
  await once.layers.want(["l"]);
  assert.equal(once.active(), "l");
  const never = senderOf(["l", "h"], 99);
  await never.layers.want(["l"]);
  assert.equal(never.active(), "l h");
});

test("the browser is not asked for what is already so", async () => {
  const { layers, set } = senderOf(["l", "h"]);
  await layers.want(["h", "l"]);
  assert.deepEqual(set, []);
});
