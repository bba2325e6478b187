/** The group's chat: everyone on the course and the staff. */
import { useEffect, useRef, useState } from "preact/hooks";
import { clockFastBy_ms, isStaff, serverNow_ms } from "../derived";
import { isWriting } from "../drafts";
import type { MessageView } from "../protocol";
import { store } from "../store";
import { fetchEarlier, post } from "../talk-actions";
import { clockNote, dayBefore } from "../words";
import { ChatStaffBar } from "./chat-staff";
import { LongList } from "./long-list";
import { Message, type Open, Quoted } from "./message";
import { Writing } from "./writing";

export function Chat() {
  const messages = store.chat.value;
  const [opened, setOpened] = useState<{ id: string; open: Open }>({ id: "", open: null });
  return (
    <>
      {isStaff.value && <ChatStaffBar />}
      <LongList
        label="Chat"
        items={messages}
        keyOf={(one) => one.id}
        lastIsMine={messages.at(-1)?.mine ?? false}
        onStart={() => void fetchEarlier()}
        before={<Beginning />}
        draw={(one, before) => (
          <>
            <Day of={one} before={before} />
            <Message
              message={one}
              open={opened.id === one.id ? opened.open : null}
              onOpen={(open) => setOpened({ id: one.id, open })}
              onReply={() => {
                store.answered.value = one;
              }}
            />
          </>
        )}
      />
      {store.facts.value?.chat_paused && !isStaff.value ? (
        <p class="note-text is-paused" role="status">
          <b>Staff have paused the chat for now.</b> You can still read it.
          {isWriting("message") && " What you have written is kept."}
        </p>
      ) : (
        <Write />
      )}
    </>
  );
}

/** To the group, as an answer to a message where one was chosen. */
function Write() {
  const answered = store.answered.value;
  const before = useRef(answered);
  useEffect(() => {
    if (answered && answered !== before.current) document.getElementById("message")?.focus();
    before.current = answered;
  }, [answered]);
  const send = async (text: string, key: string) => {
    const words = await post(text, key, answered?.id ?? null);
    if (words === null && store.answered.peek() === answered) store.answered.value = null;
    return words;
  };
  const justWrite = () => {
    store.answered.value = null;
    document.getElementById("message")?.focus();
  };
  return (
    <Writing
      id="message"
      label={answered ? `Reply to ${answered.author_name}` : "Write to the group"}
      hint="Type a message"
      button="Send"
      above={
        answered && (
          <>
            <Quoted name={answered.author_name} text={answered.text} />
            <button type="button" class="text-button" onClick={justWrite}>
              Do not reply, just write
            </button>
          </>
        )
      }
      onSend={send}
    />
  );
}

function Beginning() {
  return (
    <>
      <WhoReads />
      {store.facts.value?.chat_more && (
        <button type="button" class="tool is-earlier" onClick={() => void fetchEarlier()}>
          Show earlier messages
        </button>
      )}
    </>
  );
}

function WhoReads() {
  return (
    <>
      <p class="note-text">
        Everyone on this course can read this chat, and so can the staff. It stays here until the course ends.
      </p>
      {clockFastBy_ms.value !== null && <p class="note-text">{clockNote(clockFastBy_ms.value)}</p>}
    </>
  );
}

/** Above the first message of a day that is not today. */
function Day({ of, before }: { of: MessageView; before: MessageView | undefined }) {
  const day = dayBefore(of.posted_at, serverNow_ms.value);
  const same = before !== undefined && dayBefore(before.posted_at, serverNow_ms.value) === day;
  if (same || (day === null && before === undefined)) return null;
  return <p class="day">{day ?? "Today"}</p>;
}
