import assert from "node:assert/strict";
import { test } from "node:test";
import { store } from "../live/store";
import {
  connectingAgain,
  connectingAgainForWaiting,
  ringIf,
  updatingWords,
  updatingWordsForWaiting,
} from "../live/updating";
import { inClassAs } from "./class-state";

const NOW = 1_000_000;
const RING = /If you need us, ring 01632 960123\.$/;

test("at every stage of the server's absence patients read whom to ring", () => {
  inClassAs("Margaret", "patient");
  store.config.value = { link: "l", service_phone: "01632 960123", service_name: "Riverside" };
  store.now.value = NOW;
  for (const gone_ms of [0, 29_000, 31_000, 600_000]) {
    store.updatingSince.value = NOW - gone_ms;
    assert.match(updatingWords(), RING);
    assert.match(updatingWordsForWaiting(), RING);
  }
  assert.match(connectingAgain(), RING);
  assert.match(connectingAgainForWaiting(), RING);
});

test("a service without a number is not said to have one", () => {
  inClassAs("Margaret", "patient");
  store.config.value = { link: "l", service_phone: "", service_name: "Riverside" };
  assert.equal(ringIf(), "");
  assert.match(updatingWords(), /anything\.$/);
});
