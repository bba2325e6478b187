import assert from "node:assert/strict";
import { test } from "node:test";
import { call, chat, lost, person, questions } from "../dev/fixture";
import { apply } from "../live/apply";
import {
  clockFastBy_ms,
  dropped,
  inClass,
  lead,
  lostFor_ms,
  myHelp,
  openQuestions,
  outOfReach,
  personInSlot,
  sortedQuestions,
  staffOnCall,
  trouble,
  unread,
  updatingLong,
  waiting,
} from "../live/derived";
import { store } from "../live/store";
import { inClassAs } from "./class-state";

const NOW = 1_000_000;

test("a short gap in the media is not shown, a longer one is, and after ten seconds staff act", () => {
  inClassAs("Margaret", "patient");
  store.now.value = NOW;
  store.media.value = "lost";
  const seen = [500, 1000, 9999, 10_000].map((gone_ms) => {
    store.mediaLostSince.value = NOW - gone_ms;
    return trouble.value;
  });
  assert.deepEqual(seen, ["none", "lost", "lost", "told"]);
});

test("while media flow, a socket that is away is no loss", () => {
  inClassAs("Margaret", "patient");
  store.now.value = NOW;
  store.socketDownSince.value = NOW - 20_000;
  assert.equal(trouble.value, "signalling");
  assert.equal(lostFor_ms.value, null);
  store.media.value = "lost";
  assert.equal(lostFor_ms.value, 20_000);
});

test("a server that said that it goes is no line of one's own that is lost", () => {
  inClassAs("Margaret", "patient");
  store.now.value = NOW;
  assert.equal(outOfReach.value, false);
  store.updatingSince.value = NOW;
  assert.equal(trouble.value, "updating");
  assert.equal(outOfReach.value, true, "a call for help now reaches nobody");
  store.socketUp.value = false;
  store.socketDownSince.value = NOW - 20_000;
  assert.equal(trouble.value, "updating");
  assert.equal(updatingLong.value, false);
  store.updatingSince.value = NOW - 30_000;
  assert.equal(updatingLong.value, true);
  store.media.value = "lost";
  assert.equal(trouble.value, "told", "without pictures it is lost, whatever the reason");
  store.updatingSince.value = null;
  store.socketUp.value = true;
  store.socketDownSince.value = null;
  store.media.value = "connected";
  assert.equal(trouble.value, "none");
  assert.equal(outOfReach.value, false);
});

test("a clock is spoken of when it is more than two minutes wrong", () => {
  inClassAs("Margaret", "patient");
  const seen = [0, -119_000, 121_000, -1_200_000].map((offset_ms) => {
    store.clockOffset_ms.value = offset_ms;
    return clockFastBy_ms.value;
  });
  assert.deepEqual(seen, [null, null, -121_000, 1_200_000]);
});

test("who waits is not in class, and nothing is lost there", () => {
  inClassAs("Margaret", "patient");
  if (store.me.value) store.me.value = { ...store.me.value, place: "waiting" };
  store.media.value = "lost";
  store.mediaLostSince.value = 0;
  assert.equal(inClass.value, false);
  assert.equal(trouble.value, "none");
});

test("questions: the one being answered, then by votes, then what is answered", () => {
  inClassAs("Margaret", "patient", { questions: questions("Margaret") });
  assert.deepEqual(
    sortedQuestions.value.map((one) => one.id),
    ["1", "2", "3", "4"],
  );
  assert.equal(openQuestions.value.length, 3);
});

test("what I wrote and what I have seen is not unread", () => {
  const messages = chat("Margaret");
  inClassAs("Margaret", "patient", { chat: messages, chat_seen: "4" });
  assert.equal(unread.value, 0);
  inClassAs("Margaret", "patient", { chat: messages, chat_seen: "1" });
  assert.equal(unread.value, 2);
  inClassAs("Margaret", "patient", { chat: messages });
  assert.equal(unread.value, 4, "who has never looked");
});

test("the wall: who waits longest comes first, who was lost last comes first, wherever she was, until staff say what they did", () => {
  const at = (id: string, minute: number) =>
    person(id, "patient", { place: "waiting", place_since: `2026-01-05T10:0${minute}:00Z` });
  const alan = lost("Alan", "2026-01-05T10:04:00Z");
  inClassAs("Hannah", "physio", {
    people: [at("Ivy", 3), at("Ted", 2)],
    unaccounted: [lost("Jean", "2026-01-05T10:01:00Z"), alan],
  });
  const names = (list: readonly { name: string }[]) => list.map((one) => one.name);
  assert.deepEqual(names(waiting.value), ["Ted", "Ivy"]);
  assert.deepEqual(names(dropped.value), ["Alan", "Jean"]);
  apply("unaccounted", { people: [alan] });
  assert.deepEqual(names(dropped.value), ["Alan"]);
});

test("only staff whose line holds are said to know", () => {
  inClassAs("Margaret", "patient", {
    people: [person("Hannah", "physio", { place: "dropped" }), person("Tom", "helper")],
    help: [call("Dennis", "now"), call("Margaret", "rest")],
    slots: { stage: "Hannah", side: "Nobody" },
  });
  assert.deepEqual(
    staffOnCall.value.map((one) => one.name),
    ["Tom"],
  );
  assert.equal(lead.value?.name, "Hannah");
  assert.equal(myHelp.value?.kind, "rest");
  assert.equal(personInSlot("stage")?.name, "Hannah");
  assert.equal(personInSlot("side"), null);
});
