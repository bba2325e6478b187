/** What staff do about questions and the chat. Views call these and nothing else. */
import { attempt, WRITTEN } from "./actions";
import type { ReportReason } from "./protocol";
import { request } from "./requests";

// ---- questions

/** Keeps a question at the top, or lets go of it. */
export async function pinQuestion(question: string, pinned: boolean): Promise<void> {
  await attempt(request("question:pin", { question, pinned }, WRITTEN));
}

/** Answers a question together with another. */
export async function mergeQuestion(question: string, into: string): Promise<void> {
  await attempt(request("question:merge", { question, into }, WRITTEN));
}

/** Shows a held question to the group, or does not; or takes away one that the group has seen, and says why. */
export async function approveQuestion(
  question: string,
  approved: boolean,
  reason: ReportReason | null = null,
): Promise<void> {
  await attempt(request("question:approve", { question, approved, reason }, WRITTEN));
}

/** Hides a reply to a question from the group, or shows it again; it is kept. */
export async function hideReply(
  question: string,
  reply: string,
  reason: ReportReason,
  hidden: boolean,
): Promise<void> {
  await attempt(request("question:hide_reply", { question, reply, reason, hidden }, WRITTEN));
}

// ---- chat

/** Hides a message from the group, or shows it again; it is kept. */
export async function hideMessage(message: string, reason: ReportReason, hidden: boolean): Promise<void> {
  await attempt(request("chat:hide", { message, reason, hidden }, WRITTEN));
}

export async function pauseChat(paused: boolean): Promise<void> {
  await attempt(request("chat:pause", { paused }, WRITTEN));
}

/** What this patient writes waits for approval from now on, or no more. */
export async function holdMessages(person: string, held: boolean): Promise<void> {
  await attempt(request("chat:hold", { person, held }, WRITTEN));
}

export async function approveMessage(message: string, approved: boolean): Promise<void> {
  await attempt(request("chat:approve", { message, approved }, WRITTEN));
}
