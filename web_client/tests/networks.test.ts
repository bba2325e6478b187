import assert from "node:assert/strict";
import { test } from "node:test";
import { onOtherNetwork } from "../live/media/networks";

test("another kind of network, and being online again, is a change; another speed, or none, is not", () => {
  const connection = Object.assign(new EventTarget(), { type: "wifi" });
  const page = Object.assign(new EventTarget(), { navigator: { connection } });
  let changes = 0;
  onOtherNetwork(page as unknown as Window, () => changes++);
  const become = (type: string) => {
    connection.type = type;
    connection.dispatchEvent(new Event("change"));
    return changes;
  };
  assert.deepEqual([become("wifi"), become("cellular"), become("none"), become("wifi")], [0, 1, 1, 2]);
  page.dispatchEvent(new Event("online"));
  assert.equal(changes, 3);
});

test("a browser that tells nothing of its network says when it is online again", () => {
  const page = Object.assign(new EventTarget(), { navigator: {} });
  let changes = 0;
  onOtherNetwork(page as unknown as Window, () => changes++);
  page.dispatchEvent(new Event("online"));
  assert.equal(changes, 1);
});
