import assert from "node:assert/strict";
import { test } from "node:test";
import { reportedBy } from "../live/report-words";

test("staff read by how many something was reported, and why", () => {
  assert.equal(reportedBy({ reports: 0, report_reasons: [] }), null);
  assert.equal(reportedBy({ reports: 1, report_reasons: ["upsetting"] }), "Reported by 1 person: upsetting");
  assert.equal(
    reportedBy({ reports: 3, report_reasons: ["unsafe", "private"] }),
    "Reported by 3 people: may not be safe, tells something private",
  );
});
