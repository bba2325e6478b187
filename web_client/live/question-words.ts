/** How a question stands, in words for who looks at it. */
import { isStaff, lead } from "./derived";
import type { QuestionView } from "./protocol";

/** null: it waits, and nothing needs to be said. `done`: nothing more is to come. */
export function questionState(question: QuestionView): { words: string | null; done: boolean } {
  const { state, answered_by_name, held, mine } = question;
  switch (state) {
    case "answering": {
      const who = answered_by_name ?? lead.value?.name ?? "Your physio";
      return { words: isStaff.value ? "Answering now" : `${who} is answering this now`, done: false };
    }
    case "answered_live":
      return { words: `Answered in class${held ? ", not shown to the group" : ""}`, done: true };
    case "answered_in_writing":
      return {
        words: `Answered in writing${held ? (mine ? ", for you only" : ", for the asker only") : ""}`,
        done: true,
      };
    case "set_aside":
      return { words: asideWords(question), done: true };
    default:
      if (!held) return { words: null, done: false };
      return mine
        ? { words: "Staff read it first. Nobody else in the group sees it yet.", done: false }
        : { words: "Waits for you: the group does not see it yet", done: false };
  }
}

/** Who asked learns that the group did not see it, and that staff can be asked. */
function asideWords({ held, mine }: QuestionView): string {
  if (!mine) return held ? "Not shown to the group" : "Set aside";
  return held
    ? "Staff did not show this to the group. You can ask them why."
    : "Set aside by staff. You can ask them why.";
}

/** "You, waiting", "You, without your name", "Dennis", "Someone in the group". */
export function whoAsked({ mine, asker_name, anonymous, to, state }: QuestionView): string {
  const to_staff = to === "staff" ? ", to staff only" : "";
  if (!mine)
    return `${asker_name}${isStaff.value && anonymous ? ", without name to the group" : ""}${to_staff}`;
  const name = anonymous && to !== "staff" ? "You, without your name" : "You";
  return `${name}${to_staff}${state === "waiting" ? ", waiting" : ""}`;
}

const NOT_SHOWN = "Staff did not show your question to the group. You can ask them why.";

/** What the asker is told when her question has moved on; null: nothing of note. */
export function whatBecameOf(before: QuestionView, now: QuestionView): string | null {
  const reply = now.replies.at(-1);
  if (before.state === now.state) {
    if (before.held && !now.held) return "The group can see your question now.";
    if (!before.held && now.held && before.text === now.text) return NOT_SHOWN;
    if (now.replies.length > before.replies.length && reply && !reply.mine)
      return `${reply.author_name} has answered your question.`;
    return null;
  }
  const who = now.answered_by_name ?? lead.value?.name ?? "Your physio";
  switch (now.state) {
    case "answering":
      return `${who} is answering your question now.`;
    case "answered_live":
      return `${who} has answered your question.`;
    case "answered_in_writing":
      return `${who} has answered your question in writing.`;
    case "set_aside":
      return now.held ? NOT_SHOWN : "Staff have set your question aside for now.";
    default:
      return now.held === before.held ? null : "The group can see your question now.";
  }
}

/** ", changed" where the asker has put it in other words. */
export function asNewWords({ edited_at }: QuestionView): string {
  return edited_at === null ? "" : ", changed";
}
