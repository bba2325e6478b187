/** Questions and the chat, as anybody in class uses them. Views call these. */
import { batch } from "@preact/signals";
import { attempt, WRITTEN, wordsOf } from "./actions";
import { say } from "./notices";
import type { MessageView, QuestionView, ReactionName, ReportReason } from "./protocol";
import { type Patience, request } from "./requests";
import { type AskedAs, store } from "./store";

// What is written gives what went wrong in words, or null. The same `key` may be given again.

export function ask(text: string, key: string, { to, anonymous }: AskedAs): Promise<string | null> {
  return wordsOf(request("question:ask", { key, text, to, anonymous: anonymous && to !== "staff" }, WRITTEN));
}

/** Puts one's own question in other words. */
export function edit(question: string, text: string): Promise<string | null> {
  return wordsOf(request("question:edit", { question, text }, WRITTEN));
}

export function reply(question: string, text: string, key: string): Promise<string | null> {
  return wordsOf(request("question:reply", { key, question, text }, WRITTEN));
}

export async function vote(question: QuestionView): Promise<void> {
  const up = !question.voted;
  await attempt(request("question:vote", { question: question.id, up }, WRITTEN));
}

export function post(text: string, key: string, reply_to: string | null = null): Promise<string | null> {
  return wordsOf(request("chat:post", { key, text, reply_to }, WRITTEN));
}

export async function react(message: MessageView, reaction: ReactionName): Promise<void> {
  const on = !message.my_reactions.includes(reaction);
  await attempt(request("chat:react", { message: message.id, reaction, on }, WRITTEN));
}

/** Tells staff of a message; nobody else learns of it. */
export async function report(message: MessageView, reason: ReportReason): Promise<void> {
  await thank(request("chat:report", { message: message.id, reason }, WRITTEN));
}

/** Tells staff of a question, or of a reply to it. */
export async function reportQuestion(
  question: string,
  reply: string | null,
  reason: ReportReason,
): Promise<void> {
  await thank(request("question:report", { question, reply, reason }, WRITTEN));
}

async function thank(told: Promise<unknown>): Promise<void> {
  const words = await wordsOf(told);
  if (words) say(words, "warning", 15_000);
  else say("Thank you. Staff will look at it. Nobody else knows that you told them.", "calm", 8000);
}

/** Who scrolls faster than the server gives waits a few seconds, and reads on. */
const SCROLLED: Patience = { tries: 8 };

let fetching = false;

/** Fetches what was written before the earliest message of the page. */
export async function fetchEarlier(): Promise<void> {
  const first = store.chat.peek()[0];
  if (fetching || !first || !store.facts.peek()?.chat_more) return;
  fetching = true;
  try {
    await attempt(
      request("chat:earlier", { before: first.id }, SCROLLED).then(({ messages, more }) => {
        const facts = store.facts.peek();
        // The class may have been told anew meanwhile, with other messages.
        if (store.chat.peek()[0]?.id !== first.id || !facts) return;
        batch(() => {
          store.chat.value = [...messages, ...store.chat.peek()];
          store.facts.value = { ...facts, chat_more: more };
        });
      }),
    );
  } finally {
    fetching = false;
  }
}
