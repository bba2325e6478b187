/** Why something that somebody wrote should not be there, in words. */
import type { ReportReason } from "./protocol";

/** As the one says who tells staff of it. */
export const TOLD_REASONS: Readonly<Record<ReportReason, string>> = {
  upsetting: "It upset me",
  unsafe: "It may not be safe to do",
  private: "It tells something private",
  other: "Something else",
};

/** As staff say why they hide it. */
export const HIDDEN_REASONS: Readonly<Record<ReportReason, string>> = {
  upsetting: "It upsets people",
  unsafe: "It may not be safe advice",
  private: "It tells something private",
  other: "Another reason",
};

/** What staff read of it: never who told them. */
const READ_REASONS: Readonly<Record<ReportReason, string>> = {
  upsetting: "upsetting",
  unsafe: "may not be safe",
  private: "tells something private",
  other: "another reason",
};

interface Reported {
  readonly reports: number;
  readonly report_reasons: readonly ReportReason[];
}

/** "Reported by 2 people: upsetting, may not be safe"; null: nobody told of it. */
export function reportedBy({ reports, report_reasons }: Reported): string | null {
  if (reports === 0) return null;
  const people = reports === 1 ? "1 person" : `${reports} people`;
  const why = report_reasons.map((one) => READ_REASONS[one]).join(", ");
  return `Reported by ${people}${why && `: ${why}`}`;
}
