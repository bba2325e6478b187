import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { deviceKey, forget, recallSoundOnly, rememberSoundOnly } from "../live/door-memory";

const FIRST = "0123456789abcdef0123456789abcdef";
const SECOND = "fedcba9876543210fedcba9876543210";

function storageIs(storage: unknown): void {
  Object.defineProperty(globalThis, "sessionStorage", { value: storage, configurable: true });
}

function kept(): Map<string, string> {
  const values = new Map<string, string>();
  storageIs({
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => values.set(name, value),
    removeItem: (name: string) => values.delete(name),
  });
  return values;
}

afterEach(() => Reflect.deleteProperty(globalThis, "sessionStorage"));

test("the same tab is the same device after a reload", () => {
  kept();
  assert.equal(deviceKey(FIRST), FIRST);
  assert.equal(deviceKey(SECOND), FIRST);
});

test("what somebody else put there is not sent to the server", () => {
  const values = kept();
  deviceKey(FIRST);
  for (const name of values.keys()) values.set(name, "not a key!");
  assert.equal(deviceKey(SECOND), SECOND);
});

test("without storage each load of the page is a device of its own", () => {
  storageIs({
    getItem: () => {
      throw new Error("refused");
    },
  });
  assert.equal(deviceKey(FIRST), FIRST);
  assert.equal(deviceKey(SECOND), SECOND);
});

test("sound only is remembered for the one link, until she leaves or shows the pictures again", () => {
  kept();
  rememberSoundOnly("hers", true);
  assert.deepEqual([recallSoundOnly("hers"), recallSoundOnly("his")], [true, false]);
  rememberSoundOnly("hers", false);
  assert.equal(recallSoundOnly("hers"), false);
  rememberSoundOnly("hers", true);
  forget("hers");
  assert.equal(recallSoundOnly("hers"), false);
});
