import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf } from "../live/links";

const links = (text: string) =>
  piecesOf(text).flatMap((one) => (one.kind === "link" ? [[one.text, one.href, one.host]] : []));
const whole = (text: string) =>
  piecesOf(text)
    .map((one) => one.text)
    .join("");

test("an address becomes a link that tells where it leads; the sentence round it stays", () => {
  const text = "Look at https://www.nhs.uk/live-well, it helped me (or www.versusarthritis.org).";
  assert.deepEqual(links(text), [
    ["https://www.nhs.uk/live-well", "https://www.nhs.uk/live-well", "www.nhs.uk"],
    ["www.versusarthritis.org", "https://www.versusarthritis.org/", "www.versusarthritis.org"],
  ]);
  assert.equal(whole(text), text);
});

test("brackets inside an address belong to it, those around it do not", () => {
  assert.deepEqual(
    links("(see https://en.wikipedia.org/wiki/Knee_(joint))").flat()[0],
    "https://en.wikipedia.org/wiki/Knee_(joint)",
  );
});

test("nothing but http and https becomes a link", () => {
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,hello",
    "ftp://www.example.org/x",
    "//www",
    "file:///etc/passwd",
    "moveroom.example/x",
    "hello",
    "",
  ]) {
    const made = links(text);
    assert.ok(
      made.every(([, href]) => href?.startsWith("https://www.example.org")),
      `${text}: ${JSON.stringify(made)}`,
    );
    assert.equal(whole(text), text);
  }
  assert.deepEqual(links("javascript:https://x.example/"), [
    ["https://x.example/", "https://x.example/", "x.example"],
  ]);
});

test("an address that pretends to lead elsewhere stays text", () => {
  assert.deepEqual(links("https://www.nhs.uk@thief.example/login"), []);
  assert.deepEqual(links("https://localhost/"), []);
  assert.deepEqual(links(`https://x.example/${"a".repeat(3000)}`), []);
});

test("the host is told as it is, look-alike letters as what they are", () => {
  const [[, href, host] = []] = links("https://www.nhѕ.uk/");
  assert.match(host ?? "", /^www\.xn--/);
  assert.match(href ?? "", /^https:\/\/www\.xn--/);
  const plain = (text: string) => piecesOf(text).map((one) => one.kind === "link" && one.plain);
  assert.deepEqual(plain("https://www.nhѕ.uk/"), [false], "it is said beside it");
  assert.deepEqual(plain("www.NHS.uk/live-well"), [true]);
});

test("markup stays the letters that were written", () => {
  const text = '<a href="https://x.example/">press</a> & <img src=x onerror=alert(1)>';
  assert.equal(whole(text), text);
  assert.deepEqual(links(text), [["https://x.example/", "https://x.example/", "x.example"]]);
});
