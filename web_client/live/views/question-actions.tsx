/** What can be done with a question by who asked it, and by classmates. */
import { useState } from "preact/hooks";
import { serverNow_ms } from "../derived";
import { isWriting } from "../drafts";
import type { QuestionView } from "../protocol";
import { edit, reply } from "../talk-actions";
import { Writing } from "./writing";

/** Within two minutes it can be put in other words. */
export function OwnQuestionActions({ question }: { question: QuestionView }) {
  const [writing, setWriting] = useState(isWriting(`edit-${question.id}`));
  const until = question.editable_until;
  const may = until !== null && Date.parse(until) > serverNow_ms.value;
  const close = () => setWriting(false);
  if (writing) {
    return (
      <Writing
        id={`edit-${question.id}`}
        label="Your question"
        hint="Type your question"
        button="Save"
        initial={question.text}
        over={!may}
        focused
        onSend={async (text) => {
          const words = await edit(question.id, text);
          if (words === null) close();
          return words;
        }}
        onCancel={close}
      />
    );
  }
  if (!may) return null;
  return (
    <div class="actions">
      <button type="button" class="tool" onClick={() => setWriting(true)}>
        Change my question
      </button>
    </div>
  );
}

/** A question to the group is answered by the group. */
export function ReplyAction({ question }: { question: QuestionView }) {
  const [writing, setWriting] = useState(isWriting(`reply-${question.id}`));
  const close = () => setWriting(false);
  if (writing) {
    return (
      <Writing
        id={`reply-${question.id}`}
        label="Your answer, for everyone in class"
        hint="Type your answer"
        button="Send"
        focused
        onSend={async (text, key) => {
          const words = await reply(question.id, text, key);
          if (words === null) close();
          return words;
        }}
        onCancel={close}
      />
    );
  }
  return (
    <div class="actions">
      <button type="button" class="tool" onClick={() => setWriting(true)}>
        {question.mine ? "Add to it" : "Answer"}
        <span class="unseen">: {question.text}</span>
      </button>
    </div>
  );
}
