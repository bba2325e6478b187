import assert from "node:assert/strict";
import { test } from "node:test";
import { line } from "../dev/fixture";
import { lineOf, ownLine, picturesOff, picturesWithheld } from "../live/derived";
import { reasonForStaff, shortWords, stoppedWords, wordsForPatient, wordsForStaff } from "../live/line-words";
import type { LineView } from "../live/protocol";
import { store } from "../live/store";
import { inClassAs } from "./class-state";

const REASONS: LineView["reason"][] = ["slow_down", "slow_up", "losses", "delay", "freezes", null];

test("without a picture the patient reads that she can hear, and that it will come back", () => {
  const words = wordsForPatient(line("Margaret", "poor", "slow_down", true), "Hannah");
  assert.equal(words.what, "Your connection is slow. You can still hear. The picture will come back.");
  assert.match(words.next, /nearer to your Wi-Fi box/);
});

test("every reason has words for the patient, a fair line others than a poor one, and something to do", () => {
  for (const reason of REASONS) {
    const fair = wordsForPatient(line("Margaret", "fair", reason), "Hannah");
    const poor = wordsForPatient(line("Margaret", "poor", reason), "Hannah");
    assert.notEqual(fair.what, poor.what);
    for (const { what, next } of [fair, poor]) {
      assert.match(next, /If you can, /);
      for (const sentence of what.split(". ")) assert.ok(sentence.split(" ").length <= 15, sentence);
    }
  }
});

test("on the wall a line is said in two words, and the reason in a sentence", () => {
  assert.equal(shortWords(line("Dennis", "fair", "losses")), "Slow connection");
  assert.equal(shortWords(line("Dennis", "poor", "losses")), "Poor connection");
  assert.equal(shortWords(line("Dennis", "good", null, true)), "Sees no picture");
  const said = REASONS.slice(0, 5).flatMap((reason) =>
    (["fair", "poor"] as const).map((level) => reasonForStaff(line("Dennis", level, reason))),
  );
  assert.equal(new Set(said).size, 10);
});

test("staff whose own line is poor are told what the group misses, and what to do", () => {
  const { what, next } = wordsForStaff(line("Hannah", "poor", "slow_up"));
  assert.equal(what, "Your connection is poor. The group may not see or hear you well.");
  assert.notEqual(next, "");
  assert.match(wordsForStaff(line("Hannah", "fair", "delay")).what, /a little slow/);
});

test("staff are told that pictures have stopped, not that they are less sharp", () => {
  const slow = line("Hannah", "fair", "slow_down");
  assert.match(wordsForStaff(slow, 2).what, /Some patients’ pictures have stopped\.$/);
  assert.match(wordsForStaff(slow).what, /less sharp/);
  assert.match(wordsForStaff(line("Hannah", "fair", "delay"), 2).what, /late/);
});

test("on a tile that stands still staff read what they still have of the patient", () => {
  assert.equal(stoppedWords("Margaret", true).next, "You can still hear Margaret.");
  assert.equal(stoppedWords("Margaret", false).next, "Ask Margaret to unmute.");
});

test("a good line is not spoken of; a picture that moves is not withheld, whatever is told", () => {
  inClassAs("Margaret", "patient", { lines: [line("Dennis", "fair", "delay")] });
  assert.equal(lineOf("Dennis")?.level, "fair");
  assert.equal(lineOf("Jean"), null);
  store.lines.value = new Map([["Margaret", line("Margaret", "poor", "slow_down", true)]]);
  assert.equal(picturesWithheld.value, true);
  store.stageMoves.value = true;
  assert.equal(picturesOff.value, false);
  assert.deepEqual([ownLine.value?.level, ownLine.value?.sound_only], ["poor", false], "words as it is seen");
  store.soundOnly.value = true;
  assert.equal(picturesOff.value, true);
  store.lines.value = new Map([["Margaret", line("Margaret", "good")]]);
  assert.equal(lineOf("Margaret"), null);
});
