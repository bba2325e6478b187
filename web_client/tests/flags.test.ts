import assert from "node:assert/strict";
import { test } from "node:test";
import { type Flag, lineWords, newFlags } from "../staff/flags";

const flag = (key: string, urgent = false): Flag => ({ key, words: key, urgent });

test("only what was not there before is new; a held patient with a red flag now is", () => {
  const before = [flag("rosa held"), flag("dennis red_flag", true)];
  assert.deepEqual(newFlags(before, before), []);
  const after = [flag("rosa red_flag", true), flag("dennis red_flag", true)];
  assert.deepEqual(newFlags(before, after), [flag("rosa red_flag", true)]);
  assert.deepEqual(newFlags(after, []), []);
});

test("the page says how often it looks, and how it can sound where it may not yet", () => {
  assert.equal(lineWords(15, true), "This page looks again by itself every 15 seconds.");
  assert.match(lineWords(15, false), /Press any key, or tap the page/);
});
