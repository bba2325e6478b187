/** Questions to the physio: asked, voted for, answered. */
import { useState } from "preact/hooks";
import { answer, ask, vote } from "../actions";
import { isStaff, lead, sortedQuestions } from "../derived";
import { say } from "../notices";
import type { QuestionStateName, QuestionView } from "../protocol";
import { clockTime, nameAndRole } from "../words";
import { Icon } from "./icons";
import { Writing } from "./writing";

export function Questions() {
  const questions = sortedQuestions.value;
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
      {!isStaff.value && (
        <Writing
          id="question"
          label="Ask a question"
          hint="Type your question"
          button="Ask"
          below="Everyone in class can read it, with your name."
          onSend={ask}
        />
      )}
    </>
  );
}

function Question({ question }: { question: QuestionView }) {
  const open = question.state === "waiting" || question.state === "answering";
  return (
    <article class={`question ${question.state === "answering" ? "is-now" : ""}`}>
      <StateLine question={question} />
      <p class="question-text">{question.text}</p>
      <Votes question={question} open={open} />
      <p class="by">
        {question.mine ? `You${question.state === "waiting" ? ", waiting" : ""}` : question.asker_name}
        {isStaff.value && `, ${clockTime(question.asked_at)}`}
      </p>
      {question.answer && (
        <p class="answer">
          <b>{nameAndRole(question.answered_by_name ?? "Staff", question.answered_by_role ?? "patient")}:</b>{" "}
          <span>{question.answer}</span>
        </p>
      )}
      {isStaff.value && open && <StaffActions question={question} />}
    </article>
  );
}

function StateLine({ question }: { question: QuestionView }) {
  const words = stateWords(question);
  if (!words) return null;
  return <p class={`state ${question.state === "answering" ? "" : "is-done"}`}>{words}</p>;
}

function stateWords({ state, answered_by_name }: QuestionView): string | null {
  if (state === "answering") {
    if (isStaff.value) return "Answering now";
    return `${answered_by_name ?? lead.value?.name ?? "Your physio"} is answering this now`;
  }
  if (state === "answered_live") return "Answered in class";
  if (state === "answered_in_writing") return "Answered in writing";
  return null;
}

function Votes({ question, open }: { question: QuestionView; open: boolean }) {
  const count = question.votes;
  const spoken = `${count} ${count === 1 ? "vote" : "votes"}`;
  if (isStaff.value || question.mine || !open) {
    return (
      <span class="votes">
        <Icon name="up" />
        <span>{count}</span>
        <span class="unseen">{count === 1 ? " vote" : " votes"}</span>
      </span>
    );
  }
  return (
    <button
      type="button"
      class={`votes ${question.voted ? "is-voted" : ""}`}
      aria-pressed={question.voted}
      aria-label={`Vote for this question, ${spoken}`}
      onClick={() => void vote(question)}
    >
      <Icon name="up" />
      <span>{count}</span>
      <span class="vote-word">{question.voted ? "Voted" : "Vote"}</span>
    </button>
  );
}

function StaffActions({ question }: { question: QuestionView }) {
  const [writing, setWriting] = useState(false);
  const mark = async (state: QuestionStateName) => {
    const words = await answer(question.id, state);
    if (words) say(words, "warning");
  };
  if (writing) {
    return (
      <Writing
        id={`answer-${question.id}`}
        label="Your answer, for everyone in class"
        hint="Type your answer"
        button="Send answer"
        focused
        onSend={(text) => answer(question.id, "answered_in_writing", text)}
        onCancel={() => setWriting(false)}
      />
    );
  }
  return (
    <div class="actions">
      {question.state === "waiting" && (
        <button type="button" onClick={() => void mark("answering")}>
          Answer now
        </button>
      )}
      {question.state === "answering" && (
        <button type="button" onClick={() => void mark("answered_live")}>
          Answered
        </button>
      )}
      <button type="button" onClick={() => setWriting(true)}>
        Write answer
      </button>
    </div>
  );
}
