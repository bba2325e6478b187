import assert from "node:assert/strict";
import { test } from "node:test";
import { pulse } from "../dev/fixture";
import type { PulseView } from "../live/protocol";
import { pulseMarkOf } from "../live/staff-derived";
import { inClassAs } from "./class-state";

const asked = (kind: PulseView["kind"], change: Partial<PulseView>) =>
  inClassAs("Hannah", "physio", { pulse: pulse(kind, change) });

test("on the tile: how much it is, from six to be noticed, from eight to be acted on", () => {
  asked("effort", { values: { Margaret: 5, Dennis: 6, Sheila: 8 }, missing: ["Yusuf"] });
  assert.deepEqual(
    ["Margaret", "Dennis", "Sheila"].map((id) => pulseMarkOf(id)),
    [
      { words: "Effort 5", short: "5", level: "low" },
      { words: "Effort 6", short: "6", level: "mid" },
      { words: "Effort 8", short: "8", level: "high" },
    ],
  );
  asked("pain", { values: { Margaret: 0 }, missing: [] });
  assert.equal(pulseMarkOf("Margaret")?.words, "Pain 0");
});

test("who has not answered is shown; who was not asked is not; a poll says what was chosen", () => {
  asked("poll", { options: ["Yes", "No"], values: { Margaret: 1 }, missing: ["Yusuf"] });
  assert.equal(pulseMarkOf("Yusuf")?.words, "No answer");
  assert.equal(pulseMarkOf("Jean"), null);
  assert.equal(pulseMarkOf("Margaret")?.words, "No");
});
