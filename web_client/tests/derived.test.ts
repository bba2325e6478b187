import assert from "node:assert/strict";
import { test } from "node:test";
import { call, chat, person, questions } from "../dev/fixture";
import {
  dropOf,
  dropped,
  inClass,
  lead,
  lostFor_ms,
  myHelp,
  openQuestions,
  personInSlot,
  sortedQuestions,
  staffOnCall,
  trouble,
  unread,
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
  inClassAs("Margaret", "patient", { chat: messages });
  assert.equal(unread.value, 0);
  store.chatSeenUpTo.value = messages[1]?.posted_at ?? "";
  assert.equal(unread.value, 2);
});

test("the wall: who waits longest comes first, who dropped last comes first, and a drop can be hidden", () => {
  const at = (id: string, place: "waiting" | "dropped", minute: number) =>
    person(id, "patient", { place, place_since: `2026-01-05T10:0${minute}:00Z` });
  const jean = at("Jean", "dropped", 1);
  inClassAs("Hannah", "physio", {
    people: [at("Ivy", "waiting", 3), at("Ted", "waiting", 2), jean, at("Alan", "dropped", 4)],
  });
  const names = (list: readonly { name: string }[]) => list.map((one) => one.name);
  assert.deepEqual(names(waiting.value), ["Ted", "Ivy"]);
  assert.deepEqual(names(dropped.value), ["Alan", "Jean"]);
  store.hiddenDrops.value = new Set([dropOf(jean)]);
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
