import assert from "node:assert/strict";
import { test } from "node:test";
import { call, person } from "../dev/fixture";
import { callsInOrder } from "../live/derived";
import { backWords, settledWords } from "../live/done-words";
import type { HelpView, UnaccountedView } from "../live/protocol";
import { store } from "../live/store";
import { keptOpen } from "../live/views/kept-open";
import { inClassAs } from "./class-state";

const at = (id: string, minute: number): HelpView => ({
  ...call("Margaret", "now"),
  id,
  called_at: `2026-11-24T10:0${minute}:00Z`,
});
const idOf = ({ id }: HelpView) => id;

test("the card in which somebody writes stays in its place when its call is settled, and the list goes on", () => {
  const [first, second, third] = [at("h1", 1), at("h2", 2), at("h3", 3)];
  const kept = keptOpen([first, third], [second], idOf, callsInOrder);
  assert.deepEqual(kept.map(idOf), ["h1", "h2", "h3"]);
  const newer = { ...second, seen_at: "2026-11-24T10:04:00Z" };
  assert.equal(keptOpen([first, newer], [second], idOf, callsInOrder)[1], newer, "as it is now");
});

test("who writes about a call that is settled reads by whom", () => {
  const one = at("h1", 1);
  inClassAs("Hannah", "physio", { help: [{ ...one, settled_at: one.called_at }] });
  assert.match(settledWords(one), /Margaret has said that all is well/);
  store.help.value = new Map([["h1", { ...one, settled_at: one.called_at, done: "talked" }]]);
  assert.match(settledWords(one), /A colleague has said what was done\. What you write is kept, too\./);
});

test("who writes about somebody who is back reads so", () => {
  const gone = { person: "Margaret", name: "Margaret" } as UnaccountedView;
  inClassAs("Hannah", "physio", { people: [person("Margaret", "patient", { place: "in_class" })] });
  assert.equal(backWords(gone), "Margaret is back. What you write is kept.");
  inClassAs("Hannah", "physio", { people: [person("Margaret", "patient", { place: "dropped" })] });
  assert.match(backWords(gone), /A colleague/);
});
