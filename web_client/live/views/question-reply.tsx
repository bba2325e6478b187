/** A reply to a question: who says what, and what can be done about it. */
import { useState } from "preact/hooks";
import { isStaff } from "../derived";
import type { QuestionView, ReplyView } from "../protocol";
import { reportedBy } from "../report-words";
import { reportQuestion } from "../talk-actions";
import { hideReply } from "../talk-staff-actions";
import { nameAndRole } from "../words";
import { Linked } from "./linked";
import { Hide, TellStaff } from "./report";

interface ReplyProps {
  readonly question: QuestionView;
  readonly reply: ReplyView;
}

export function Reply({ question, reply }: ReplyProps) {
  const gone = reply.hidden && reply.text === "";
  const by = reply.mine ? "You" : nameAndRole(reply.author_name, reply.author_role);
  return (
    <>
      <Answer by={by} text={gone ? "Staff have hidden this answer." : reply.text} />
      {isStaff.value ? (
        <StaffActions question={question} reply={reply} />
      ) : (
        !reply.mine &&
        !gone && (
          <TellStaff
            about={reply.text}
            reported={reply.reported}
            tell={(reason) => void reportQuestion(question.id, reply.id, reason)}
          />
        )
      )}
    </>
  );
}

export function Answer({ by, text }: { by: string; text: string }) {
  return (
    <p class="answer">
      <b>{by}:</b>{" "}
      <span>
        <Linked text={text} />
      </span>
    </p>
  );
}

function StaffActions({ question, reply }: ReplyProps) {
  const [hiding, setHiding] = useState(false);
  const stop = () => setHiding(false);
  const set = (reason: Parameters<typeof hideReply>[2], hidden: boolean) =>
    hideReply(question.id, reply.id, reason, hidden);
  if (hiding) return <Hide id={`hide-${reply.id}`} hide={(reason) => set(reason, true)} stop={stop} />;
  return (
    <>
      {reply.reports > 0 && <p class="fault">{reportedBy(reply)}</p>}
      {reply.hidden && <p class="fault">Hidden from the group</p>}
      <p class="by">
        <button
          type="button"
          class="text-button"
          onClick={() => (reply.hidden ? void set("other", false) : setHiding(true))}
        >
          {reply.hidden ? "Show it again" : "Hide"}
          <span class="unseen">: {reply.text}</span>
        </button>
      </p>
    </>
  );
}
