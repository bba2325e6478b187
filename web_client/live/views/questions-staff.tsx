/** What staff do with a question: answer, approve, keep at the top, put together with another, set aside. */
import { useState } from "preact/hooks";
import { answer } from "../actions";
import { sortedQuestions } from "../derived";
import { isWriting } from "../drafts";
import { say } from "../notices";
import type { QuestionStateName, QuestionView } from "../protocol";
import { reportedBy } from "../report-words";
import { approveQuestion, mergeQuestion, pinQuestion } from "../talk-staff-actions";
import { useFirstField } from "./first-field";
import { Hide } from "./report";
import { Writing } from "./writing";

type Doing = "answer" | "merge" | "hide" | "more" | null;

export function QuestionStaffActions({ question }: { question: QuestionView }) {
  return (
    <>
      {question.reports > 0 && <p class="fault">{reportedBy(question)}</p>}
      <Actions question={question} />
    </>
  );
}

function Actions({ question }: { question: QuestionView }) {
  const [doing, setDoing] = useState<Doing>(isWriting(`answer-${question.id}`) ? "answer" : null);
  const stop = () => setDoing(null);
  const takeAway = () => setDoing("hide");
  if (doing === "hide" && !question.held) {
    return (
      <Hide
        id={`hide-${question.id}`}
        hide={(reason) => approveQuestion(question.id, false, reason)}
        stop={stop}
      />
    );
  }
  if (question.state !== "waiting" && question.state !== "answering")
    return <Reopen question={question} takeAway={takeAway} />;
  if (question.merged_into !== null) return null;
  if (question.held) return <Approve question={question} />;
  if (doing === "answer") return <WriteAnswer question={question} stop={stop} />;
  if (doing === "merge") return <Merge question={question} stop={stop} />;
  return (
    <div class="actions">
      {question.state === "waiting" && <Mark question={question} as="answering" words="Answer now" />}
      {question.state === "answering" && <Mark question={question} as="answered_live" words="Answered" />}
      <Act words="Write answer" press={() => setDoing("answer")} />
      <button type="button" aria-expanded={doing === "more"} onClick={() => setDoing(doing ? null : "more")}>
        More<span class="unseen"> for this question</span>
      </button>
      {doing === "more" && <More question={question} merge={() => setDoing("merge")} takeAway={takeAway} />}
    </div>
  );
}

interface MoreProps {
  readonly question: QuestionView;
  readonly merge: () => void;
  readonly takeAway: () => void;
}

function More({ question, merge, takeAway }: MoreProps) {
  const { pinned } = question;
  return (
    <>
      <Mark question={question} as="set_aside" words="Set aside" />
      {question.to !== "staff" && (
        <Act
          words={pinned ? "Do not keep at the top" : "Keep at the top"}
          press={() => void pinQuestion(question.id, !pinned)}
        />
      )}
      {question.to !== "staff" && othersFor(question).length > 0 && (
        <Act words="Same as another" press={merge} />
      )}
      {question.to !== "staff" && <Act words="Do not show" press={takeAway} />}
    </>
  );
}

function Act({ words, press }: { words: string; press: () => void }) {
  return (
    <button type="button" onClick={press}>
      {words}
    </button>
  );
}

interface MarkProps {
  readonly question: QuestionView;
  readonly as: QuestionStateName;
  readonly words: string;
}

function Mark({ question, as, words }: MarkProps) {
  const mark = async () => {
    const fault = await answer(question.id, as);
    if (fault) say(fault, "warning");
  };
  return <Act words={words} press={() => void mark()} />;
}

/** What was set aside by mistake can be taken up again, what was taken from the group be shown again. */
function Reopen({ question, takeAway }: { question: QuestionView; takeAway: () => void }) {
  const { state, held, to } = question;
  if (state !== "set_aside" && to === "staff") return null;
  return (
    <div class="actions">
      {state === "set_aside" && (!held || to === "staff") && (
        <Mark question={question} as="answering" words="Answer now" />
      )}
      {to !== "staff" && held && (
        <Act words="Show to the group" press={() => void approveQuestion(question.id, true)} />
      )}
      {to !== "staff" && !held && <Act words="Do not show" press={takeAway} />}
    </div>
  );
}

function Approve({ question }: { question: QuestionView }) {
  return (
    <div class="actions">
      <Act words="Show to the group" press={() => void approveQuestion(question.id, true)} />
      <Act words="Do not show" press={() => void approveQuestion(question.id, false)} />
    </div>
  );
}

function WriteAnswer({ question, stop }: { question: QuestionView; stop: () => void }) {
  const { id, to, asker_name } = question;
  return (
    <Writing
      id={`answer-${id}`}
      label={to === "staff" ? `Your answer, for ${asker_name} only` : "Your answer, for everyone in class"}
      hint="Type your answer"
      button="Send answer"
      focused
      onSend={(text) => answer(id, "answered_in_writing", text)}
      onCancel={stop}
    />
  );
}

/** The open questions that this one may be put together with. */
function othersFor(question: QuestionView): readonly QuestionView[] {
  return sortedQuestions.value.filter(
    (one) =>
      one.id !== question.id &&
      one.to !== "staff" &&
      !one.held &&
      one.merged_into === null &&
      (one.state === "waiting" || one.state === "answering"),
  );
}

/** The asker is told with which question it is answered. */
function Merge({ question, stop }: { question: QuestionView; stop: () => void }) {
  const others = othersFor(question);
  const [into, setInto] = useState(others[0]?.id ?? "");
  const box = useFirstField<HTMLDivElement>();
  const id = `merge-${question.id}`;
  const merge = async () => {
    await mergeQuestion(question.id, into);
    stop();
  };
  return (
    <div ref={box} class="refuse merge">
      <label for={id}>Answer it together with</label>
      <select id={id} value={into} onChange={(event) => setInto(event.currentTarget.value)}>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {one.text}
          </option>
        ))}
      </select>
      <div class="actions">
        <Act words="Put together" press={() => void merge()} />
        <Act words="Cancel" press={stop} />
      </div>
    </div>
  );
}
