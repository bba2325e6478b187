import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { questions } from "../dev/fixture";
import type { QuestionView } from "../live/protocol";
import { asNewWords, questionState, whatBecameOf, whoAsked } from "../live/question-words";
import { whoReads } from "../live/views/ask-form";
import { inClassAs } from "./class-state";

const [base] = questions("Margaret");
assert.ok(base);
const waiting: QuestionView = { ...base, state: "waiting" };

beforeEach(() => inClassAs("Margaret", "patient"));

test("before it is sent, it is said who will read a question, and whether with the name", () => {
  assert.equal(
    whoReads({ to: "physio", anonymous: false }),
    "Everyone in class can read it, with your name.",
  );
  assert.equal(
    whoReads({ to: "group", anonymous: true }),
    "Everyone in class can read and answer it, without your name. Staff see who asked.",
  );
  assert.equal(whoReads({ to: "staff", anonymous: true }), "Only staff can read it.");
});

test("afterwards it is said again beside it", () => {
  const mine = { ...waiting, mine: true };
  assert.equal(whoAsked(mine), "You, waiting");
  assert.equal(whoAsked({ ...mine, anonymous: true }), "You, without your name, waiting");
  assert.equal(whoAsked({ ...mine, to: "staff" }), "You, to staff only, waiting");
  assert.equal(
    whoAsked({ ...waiting, anonymous: true, asker_name: "Someone in the group" }),
    "Someone in the group",
  );
  assert.equal(asNewWords({ ...waiting, edited_at: "2026-11-22T10:00:00Z" }), ", changed");
});

test("staff see who asked without a name, and that the group does not", () => {
  inClassAs("Hannah", "physio");
  assert.equal(whoAsked({ ...waiting, anonymous: true }), "Dennis, without name to the group");
});

test("each state is said; what waits for staff to look at is said to the asker", () => {
  assert.equal(questionState(waiting).words, null);
  const held = { ...waiting, held: true, mine: true };
  assert.match(questionState(held).words ?? "", /Staff read it first/);
  assert.match(questionState({ ...held, state: "set_aside" }).words ?? "", /did not show this to the group/);
  assert.match(questionState({ ...held, state: "answered_in_writing" }).words ?? "", /for you only/);
  assert.match(questionState({ ...held, mine: false }).words ?? "", /the group does not see it yet/);
  assert.equal(questionState({ ...base, answered_by_name: "Tom" }).words, "Tom is answering this now");
  assert.deepEqual(questionState({ ...waiting, state: "answered_live" }), {
    words: "Answered in class",
    done: true,
  });
  assert.equal(questionState({ ...waiting, state: "set_aside" }).words, "Set aside");
});

test("where staff read questions first, the form says so", () => {
  inClassAs("Margaret", "patient", { questions_held: true });
  const words = "Staff read it first. Then everyone in class can read it, with your name.";
  assert.equal(whoReads({ to: "physio", anonymous: false }), words);
  assert.equal(whoReads({ to: "staff", anonymous: false }), "Only staff can read it.");
});

test("the asker is told what became of it, once", () => {
  const mine = { ...waiting, mine: true };
  const told = (change: Partial<QuestionView>, before = mine) => whatBecameOf(before, { ...mine, ...change });
  assert.equal(told({}), null);
  assert.equal(told({ votes: 3 }), null);
  assert.equal(told({ state: "answering" }), "Hannah is answering your question now.");
  assert.equal(told({ state: "answered_live", answered_by_name: "Tom" }), "Tom has answered your question.");
  assert.equal(told({}, { ...mine, held: true }), "The group can see your question now.");
  assert.match(told({ state: "set_aside", held: true }, { ...mine, held: true }) ?? "", /did not show/);
  assert.match(told({ state: "set_aside" }) ?? "", /aside for now/);
  assert.match(
    told({ state: "answered_live", held: true }, { ...mine, state: "answered_live" }) ?? "",
    /did not show/,
  );
  const reply = {
    id: "r",
    author_role: "patient",
    text: "Yes",
    posted_at: mine.asked_at,
    hidden: false,
    reports: 0,
    report_reasons: [],
    reported: false,
  } as const;
  assert.equal(
    told({ replies: [{ ...reply, author_name: "Dennis", mine: false }] }),
    "Dennis has answered your question.",
  );
  assert.equal(told({ replies: [{ ...reply, author_name: "Margaret", mine: true }] }), null);
});
