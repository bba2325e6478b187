import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { whenFit } from "../live/fit-browser";

/** A page with these elements; a press of the button is played by `press`. */
function pageWith(warning: { hidden: boolean } | null): {
  page: Document;
  goOn: { hidden: boolean };
  press: () => void;
} {
  let pressed = () => {};
  const goOn = { hidden: true, addEventListener: (_: string, then: () => void) => (pressed = then) };
  const elements: Record<string, unknown> = { "mr-browser": warning, "go-on-here": goOn };
  const page = { getElementById: (id: string) => elements[id] ?? null } as unknown as Document;
  return { page, goOn, press: () => pressed() };
}

function browserHasConnections(): void {
  class Connection {
    addTransceiver() {}
  }
  Object.defineProperty(globalThis, "RTCPeerConnection", { value: Connection, configurable: true });
}

afterEach(() => Reflect.deleteProperty(globalThis, "RTCPeerConnection"));

test("a browser that was not warned of starts at once", () => {
  for (const warning of [null, { hidden: true }]) {
    let started = 0;
    whenFit(pageWith(warning).page, () => started++);
    assert.equal(started, 1);
  }
});

test("where the page has warned, the person decides", () => {
  browserHasConnections();
  let started = 0;
  const { page, goOn, press } = pageWith({ hidden: false });
  whenFit(page, () => started++);
  assert.equal(started, 0);
  assert.equal(goOn.hidden, false);
  press();
  assert.equal(started, 1);
});

test("a browser that cannot connect at all is not offered to try", () => {
  const { page, goOn } = pageWith({ hidden: false });
  whenFit(page, () => assert.fail("started"));
  assert.equal(goOn.hidden, true);
});
