/** Sends reports to the server so that they arrive even when the page is closed the moment after. */
import type { Outcome, Report, Send } from "./reporter";

const ANSWER_WITHIN_MS = 10_000;
/** Too early, too many, took too long: the same report may be taken later. */
const LATER = [408, 425, 429];

/** What sending needs of the browser. */
export interface Line {
  readonly fetch: (address: string, how: RequestInit) => Promise<Response>;
  /** For browsers whose fetch does not outlive the page; returns whether the browser took it. */
  readonly beacon: ((address: string, body: Blob) => boolean) | null;
  /** Whether the page is on its way out. */
  readonly leaving: () => boolean;
}

/** Returns the function that sends a report to `address`. It never throws. */
export function sender(address: string, line: Line): Send {
  return async (report: Report): Promise<Outcome> => {
    const body = JSON.stringify(report);
    if (line.leaving() && line.beacon?.(address, new Blob([body], { type: "application/json" }))) {
      return { kept: "yes" };
    }
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), ANSWER_WITHIN_MS);
    try {
      const answer = await line.fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        keepalive: true,
        signal: giveUp.signal,
      });
      return await outcomeOf(answer);
    } catch {
      return { kept: "away" };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The browser's own line. */
export function browserLine(): Line {
  const outlives = "keepalive" in Request.prototype;
  return {
    fetch: (address, how) => fetch(address, how),
    beacon: outlives ? null : (address, body) => navigator.sendBeacon(address, body),
    leaving: () => document.visibilityState === "hidden",
  };
}

async function outcomeOf(answer: Response): Promise<Outcome> {
  if (answer.ok) return { kept: (await keptAll(answer)) ? "yes" : "partly" };
  if (answer.status >= 500 || LATER.includes(answer.status)) return { kept: "away" };
  return { kept: "refused", words: await wordsOf(answer) };
}

async function keptAll(answer: Response): Promise<boolean> {
  const said = (await answer.json().catch(() => null)) as { kept_all?: unknown } | null;
  return said?.kept_all !== false;
}

/** The server's own words, where it gave any. */
async function wordsOf(answer: Response): Promise<string> {
  const said = (await answer.json().catch(() => null)) as { error?: { words?: unknown } } | null;
  return typeof said?.error?.words === "string" ? said.error.words : "";
}
