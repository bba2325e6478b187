/** What staff do in the chat: hide a message, hold or approve what somebody writes, pause. */
import { useState } from "preact/hooks";
import type { MessageView } from "../protocol";
import { reportedBy } from "../report-words";
import { store } from "../store";
import { approveMessage, hideMessage, holdMessages, pauseChat } from "../talk-staff-actions";
import { Hide } from "./report";

/** Above the messages: whether patients can write. */
export function ChatStaffBar() {
  const facts = store.facts.value;
  if (!facts) return null;
  const held = facts.chat_held.map((id) => store.people.value.get(id)?.name ?? "").filter(Boolean);
  return (
    <div class="chat-staff">
      <button type="button" class="card-button" onClick={() => void pauseChat(!facts.chat_paused)}>
        {facts.chat_paused ? "Let the group write again" : "Pause the chat"}
      </button>
      {facts.chat_paused && <p class="note-text">Paused: only staff can write now.</p>}
      {held.length > 0 && (
        <p class="note-text">Messages that wait for you before others see them: {held.join(", ")}.</p>
      )}
    </div>
  );
}

interface MessageStaffActionsProps {
  readonly message: MessageView;
  /** The message's own buttons are shown: so are these. */
  readonly open: boolean;
}

/** Below one message: what staff must know of it, and, where it waits for them or is opened, what they can do. */
export function MessageStaffActions({ message, open }: MessageStaffActionsProps) {
  const [hiding, setHiding] = useState(false);
  const acts = open || message.held || (message.reports > 0 && !message.hidden);
  const byPatient = message.author_role === "patient";
  return (
    <>
      {message.reports > 0 && <p class="fault">{reportedBy(message)}</p>}
      {message.held && <p class="fault">Waits for you: nobody else sees it yet</p>}
      {message.hidden && <p class="fault">Hidden from the group</p>}
      {hiding && (
        <Hide
          id={`hide-${message.id}`}
          hide={(reason) => hideMessage(message.id, reason, true)}
          stop={() => setHiding(false)}
        />
      )}
      {acts && !hiding && (
        <div class="tools">
          {message.held && (
            <>
              <Act words="Show to the group" press={() => void approveMessage(message.id, true)} />
              <Act words="Do not show" press={() => void approveMessage(message.id, false)} />
            </>
          )}
          {!message.held && !message.hidden && <Act words="Hide" press={() => setHiding(true)} />}
          {!message.held && message.hidden && (
            <Act words="Show again" press={() => void hideMessage(message.id, "other", false)} />
          )}
          {byPatient && <Hold message={message} />}
        </div>
      )}
    </>
  );
}

/** From now on staff see what this patient writes first. */
function Hold({ message }: { message: MessageView }) {
  const held = store.facts.value?.chat_held.includes(message.author) ?? false;
  const name = message.author_name;
  return (
    <Act
      words={held ? `Let ${name} write freely` : `Read ${name}’s messages first`}
      press={() => void holdMessages(message.author, !held)}
    />
  );
}

function Act({ words, press }: { words: string; press: () => void }) {
  return (
    <button type="button" class="tool" onClick={press}>
      {words}
    </button>
  );
}
