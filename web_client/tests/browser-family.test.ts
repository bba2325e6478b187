import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFamily } from "../live/browser-family";

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0";

const BROWSERS = [
  ["an iPhone's Safari", `${IPHONE} Version/18.0 Mobile/15E148 Safari/604.1`, 5, "iphone"],
  ["an iPad's Safari, which calls itself a Mac", `${MAC} Version/18.0 Safari/605.1.15`, 5, "iphone"],
  ["Chrome on an iPhone, whose switch is in Settings", `${IPHONE} CriOS/140.0 Safari/604.1`, 5, "ios-other"],
  ["a Mac's Safari", `${MAC} Version/18.0 Safari/605.1.15`, 0, "safari"],
  ["a Mac's Chrome", `${MAC} Chrome/140.0.0.0 Safari/537.36`, 0, "chrome"],
  ["an Android tablet", `Mozilla/5.0 (Linux; Android 14) ${CHROME} Safari/537.36`, 5, "android"],
  [
    "Firefox on Android",
    "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    5,
    "android",
  ],
  ["Firefox", "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", 0, "firefox"],
  ["Edge", `Mozilla/5.0 (Windows NT 10.0) ${CHROME} Safari/537.36 Edg/140.0.0.0`, 10, "chrome"],
] as const;

for (const [name, agent, touchPoints, family] of BROWSERS) {
  test(`the steps for a blocked camera fit ${name}`, () => {
    assert.equal(browserFamily(agent, touchPoints), family);
  });
}
