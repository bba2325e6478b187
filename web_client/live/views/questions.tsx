/** Questions to the physio, to the group, or to staff alone: asked, voted for, answered. */
import { isStaff, lead, sortedQuestions } from "../derived";
import type { QuestionView } from "../protocol";
import { asNewWords, questionState, whoAsked } from "../question-words";
import { store } from "../store";
import { reportQuestion, vote } from "../talk-actions";
import { clockTime, nameAndRole } from "../words";
import { AskForm } from "./ask-form";
import { Icon } from "./icons";
import { Linked } from "./linked";
import { OwnQuestionActions, ReplyAction } from "./question-actions";
import { Answer, Reply } from "./question-reply";
import { QuestionStaffActions } from "./questions-staff";
import { TellStaff } from "./report";

export function Questions() {
  const questions = sortedQuestions.value.filter((one) => one.merged_into === null || one.mine);
  return (
    <>
      <div class="list">
        {questions.length === 0 && (
          <p class="note-text">
            {isStaff.value
              ? "No questions yet."
              : `No questions yet. Ask ${lead.value?.name ?? "your physio"} anything about class.`}
          </p>
        )}
        {questions.map((one) => (
          <Question key={one.id} question={one} />
        ))}
      </div>
      {!isStaff.value && <AskForm />}
    </>
  );
}

function Question({ question }: { question: QuestionView }) {
  const open = question.state === "waiting" || question.state === "answering";
  const countsVotes = question.merged_into === null && question.to !== "staff" && !question.held;
  const into = question.merged_into === null ? null : store.questions.value.get(question.merged_into);
  return (
    <article
      class={`question ${question.state === "answering" ? "is-now" : ""} ${countsVotes ? "" : "is-voteless"}`}
    >
      <StateLines question={question} />
      <p class="question-text">
        <Linked text={question.text} />
      </p>
      {countsVotes && <Votes question={question} open={open} />}
      <p class="by">
        {whoAsked(question)}
        {isStaff.value && `, ${clockTime(question.asked_at)}`}
        {asNewWords(question)}
      </p>
      {into && <p class="by">It is answered together with: “{into.text}”</p>}
      {question.answer && (
        <Answer
          by={nameAndRole(question.answered_by_name ?? "Staff", question.answered_by_role ?? "patient")}
          text={question.answer}
        />
      )}
      {question.replies.map((one) => (
        <Reply key={one.id} question={question} reply={one} />
      ))}
      {question.mine && <OwnQuestionActions question={question} />}
      {isStaff.value && <QuestionStaffActions question={question} />}
      {mayReply(question) && <ReplyAction question={question} />}
      {!isStaff.value && !question.mine && (
        <TellStaff
          about={question.text}
          reported={question.reported}
          tell={(reason) => void reportQuestion(question.id, null, reason)}
        />
      )}
    </article>
  );
}

/** Where staff read questions first, they alone answer. */
const mayReply = ({ to, held }: QuestionView) =>
  !isStaff.value && to === "group" && !held && !store.facts.value?.questions_held;

const doneClass = ({ state }: QuestionView) => (state === "set_aside" ? "is-aside" : "is-done");

function StateLines({ question }: { question: QuestionView }) {
  const { words, done } = questionState(question);
  return (
    <>
      {words && <p class={`state ${done ? doneClass(question) : ""}`}>{words}</p>}
      {question.pinned && <p class="state">Kept at the top by staff</p>}
      {question.carried && (
        <p class="state">
          From an earlier class
          {question.owed_by_name &&
            question.state === "waiting" &&
            `. ${question.owed_by_name} will answer it`}
        </p>
      )}
    </>
  );
}

function Votes({ question, open }: { question: QuestionView; open: boolean }) {
  const count = question.votes;
  if (isStaff.value || question.mine || question.vote_stays || !open) {
    return (
      <span class="votes">
        <Icon name="up" />
        <span>{count}</span>
        <span class="unseen">{count === 1 ? " vote" : " votes"}</span>
        {question.vote_stays && !question.mine && <span class="vote-word">Voted</span>}
      </span>
    );
  }
  return (
    <button
      type="button"
      class={`votes ${question.voted ? "is-voted" : ""}`}
      aria-pressed={question.voted}
      onClick={() => void vote(question)}
    >
      <Icon name="up" />
      <span>{count} </span>
      <span class="vote-word">
        {question.voted ? "Voted" : "Vote"}
        <span class="unseen"> for this question</span>
      </span>
    </button>
  );
}
