/** What is said when something does not work: what happened, and what to do. The phone stands beside it. */
import { clock } from "./words";

/** Why a video does not play. */
export type Fault = "no connection" | "gone" | "not yours" | "cannot play" | "not answering";

export interface FaultWords {
  readonly title: string;
  readonly next: string;
  /** Whether the same video may play when it is tried again. */
  readonly again: boolean;
}

export const FAULTS: Readonly<Record<Fault, FaultWords>> = {
  "no connection": {
    title: "The video has stopped loading",
    next: "Your internet connection may be down. Check it, then press Try again. You will go on where you were.",
    again: true,
  },
  gone: {
    title: "This video is no longer here",
    next: "Go back to the list and choose another session.",
    again: false,
  },
  "not yours": {
    title: "We need you to open your link again",
    next: "Open the link in your email or letter once more. Then choose this session from the list.",
    again: true,
  },
  "cannot play": {
    title: "This browser cannot play the video",
    next: "Press Try again. If that does not help, use another browser (Chrome, Safari, Edge or Firefox) or another device. You can read the words on this page.",
    again: true,
  },
  "not answering": {
    title: "The video does not come",
    next: "Something is wrong on our side. Wait a minute, then press Try again.",
    again: true,
  },
};

/** What the status of the video's file says about the fault; null when nobody answered. */
export function faultOf(status: number | null): Fault {
  if (status === null) return "no connection";
  // 410: the link has ended, or was replaced; the link itself says which.
  if (status === 401 || status === 403 || status === 410) return "not yours";
  if (status === 404) return "gone";
  return status >= 400 ? "not answering" : "cannot play";
}

export const SLOW = "The video is slow to come. It will go on by itself. You do not need to press anything.";
export const OFFLINE =
  "You are not connected to the internet. The video goes on for as long as it can. Check your connection.";

export const CAPTIONS_MISSING =
  "The captions did not load. You can read the words on this page, or open the page again.";

/** The server did not answer: the place at `ms` may be lost. */
export function placeNotKept(ms: number): string {
  return `We cannot keep your place just now. You can go on watching, and we keep trying. If you stop now, write down ${clock(ms)}: that is where you are.`;
}

/** After a long time without the server: only what can have been watched since it last answered is kept. */
export const NOT_ALL_KEPT =
  "We could not keep all of what you watched. Your place is safe, and you can go on watching.";

/** The server will not keep the place; `words` are its own, if it gave any. */
export function placeRefused(words: string): string {
  const why = words || "We cannot keep your place. Next time, open your personal link again.";
  return `${why} You can go on watching.`;
}
