import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { CARD, pulse } from "../dev/fixture";
import { apply } from "../live/apply";
import { cardsRead, markRead } from "../live/cards-read";
import { store } from "../live/store";
import { unreadCard } from "../live/views/cards";
import { answerWords } from "../live/views/pulse";
import { inClassAs } from "./class-state";

const said = () => store.notice.value?.text ?? null;

beforeEach(() => {
  inClassAs("Margaret", "patient");
  store.notice.value = null;
  cardsRead.value = new Set();
});

test("a question to everyone is said once; who has answered sees what, by eye and in words", () => {
  const asked = pulse("pain");
  apply("pulse", asked);
  assert.equal(said(), "A question to everyone: How much does it hurt now?");
  store.notice.value = null;
  apply("pulse", { ...asked, answered: 4, my_value: 3 });
  assert.equal(said(), null);
  assert.equal(store.facts.value?.pulse?.my_value, 3);
  assert.equal(answerWords({ ...asked, my_value: 0 }), "0 out of 10");
  assert.equal(answerWords({ ...pulse("poll"), my_value: 1 }), "Standing");
  apply("pulse", { ...asked, closed_at: "2026-11-22T10:00:00Z" });
  assert.equal(said(), null);
});

test("a card is said, and there once however often it comes", () => {
  apply("card", CARD);
  assert.equal(said(), "Hannah has sent you a card: Someone to talk to.");
  apply("card", { ...CARD, words: "Ring at any time." });
  assert.deepEqual(
    store.facts.value?.cards.map(({ words }) => words),
    ["Ring at any time."],
  );
});

test("staff are told of neither: they sent them", () => {
  inClassAs("Hannah", "physio");
  store.notice.value = null;
  apply("card", CARD);
  apply("pulse", pulse("effort"));
  assert.equal(said(), null);
});

test("a card that has been read is not put before the person again", () => {
  apply("card", CARD);
  assert.equal(unreadCard()?.id, CARD.id);
  markRead([CARD.id]);
  assert.equal(unreadCard(), null);
});
