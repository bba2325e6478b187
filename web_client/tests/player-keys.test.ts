import assert from "node:assert/strict";
import { test } from "node:test";
import { type Choices, recallChoices, rememberChoices, SPEEDS } from "../player/choices";
import { type Actions, type Focus, meaning } from "../player/keys";
import { partAt, shareBefore } from "../player/parts";

/** What a key does, by the name of the action and the milliseconds of a step. */
function pressed(key: string, focus: Focus = "page", lettersOn = true): string {
  const done: string[] = [];
  const note = (name: string) => () => void done.push(name);
  const actions: Actions = {
    toggle: note("toggle"),
    step: (ms) => void done.push(`step ${ms}`),
    toStart: note("start"),
    toEnd: note("end"),
    captions: note("captions"),
    fullScreen: note("full screen"),
    sound: note("sound"),
    list: note("list"),
  };
  meaning(key, focus, lettersOn)?.(actions);
  return done.join();
}

test("each key does what the list says", () => {
  const does = {
    " ": "toggle",
    k: "toggle",
    K: "toggle",
    ArrowLeft: "step -10000",
    ArrowRight: "step 10000",
    Home: "start",
    End: "end",
    c: "captions",
    f: "full screen",
    m: "sound",
    "?": "list",
    "5": "",
    Tab: "",
    Enter: "",
    ArrowDown: "",
  };
  for (const [key, action] of Object.entries(does)) assert.equal(pressed(key), action, key);
});

test("on the bar of time the arrows go by less; a button keeps its space bar, a list all its keys", () => {
  assert.equal(pressed("ArrowRight", "bar"), "step 5000");
  assert.equal(pressed("ArrowDown", "bar"), "step -5000");
  assert.equal(pressed(" ", "button"), "");
  assert.equal(pressed("k", "button"), "toggle");
  for (const key of [" ", "k", "ArrowLeft", "End"]) assert.equal(pressed(key, "field"), "", key);
});

test("the letters can be switched off; the space bar and the arrows stay", () => {
  for (const key of ["k", "c", "f", "m", "?"]) assert.equal(pressed(key, "page", false), "", key);
  assert.equal(pressed(" ", "page", false), "toggle");
  assert.equal(pressed("ArrowLeft", "page", false), "step -10000");
});

test("the part that plays is the last that has begun", () => {
  const parts = [1000, 86_000, 216_000].map((start_ms) => ({ start_ms, title: "" }));
  assert.equal(partAt(parts, 0), -1);
  assert.equal(partAt(parts, 1000), 0);
  assert.equal(partAt(parts, 215_999), 1);
  assert.equal(partAt(parts, 900_000), 2);
  assert.equal(partAt([], 5), -1);
});

test("a part's bar fills while it plays", () => {
  assert.equal(shareBefore(1000, 3000, 500), 0);
  assert.equal(shareBefore(1000, 3000, 2000), 0.5);
  assert.equal(shareBefore(1000, 3000, 9000), 1);
  assert.equal(shareBefore(1000, 1000, 1000), 1);
});

test("choices are kept; nonsense and a browser that keeps nothing give captions, speed 1, no mirror", () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (name: string) => kept.get(name) ?? null, setItem: kept.set.bind(kept) };
  const store = () => storage as unknown as Storage;
  const asItComes: Choices = { captions: true, mirror: false, speed: 1 };
  assert.deepEqual(recallChoices(store), asItComes);
  const chosen = { captions: false, mirror: true, speed: SPEEDS[0] };
  rememberChoices(store, chosen);
  assert.deepEqual(recallChoices(store), chosen);
  for (const nonsense of ["{", "null", '{"speed":9,"captions":"no","mirror":"yes"}']) {
    kept.set("moveroom-player", nonsense);
    assert.deepEqual(recallChoices(store), asItComes, nonsense);
  }
  const refusing = () => {
    throw new Error("storage is switched off");
  };
  rememberChoices(refusing, chosen);
  assert.deepEqual(recallChoices(refusing), asItComes);
});
