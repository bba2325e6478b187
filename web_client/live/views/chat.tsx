/** The group's chat: everyone on the course and the staff. */
import { useEffect, useRef } from "preact/hooks";
import { post } from "../actions";
import { clockFastBy_ms } from "../derived";
import type { MessageView } from "../protocol";
import { store } from "../store";
import { clockNote, clockTime } from "../words";
import { Writing } from "./writing";

/** Nearer to the end than this, the list follows what is new. */
const FOLLOW_WITHIN_PX = 120;

export function Chat() {
  const list = useRef<HTMLDivElement>(null);
  const messages = store.chat.value;
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const toEnd = box.scrollHeight - box.scrollTop - box.clientHeight;
    const isNew = box.dataset.filled === undefined;
    const mine = messages.at(-1)?.mine ?? false;
    if (isNew || mine || toEnd < FOLLOW_WITHIN_PX + (box.lastElementChild?.clientHeight ?? 0)) {
      box.scrollTop = box.scrollHeight;
    }
    box.dataset.filled = "";
  }, [messages.length]);
  return (
    <>
      <div class="list" ref={list} role="log" aria-label="Chat">
        <p class="note-text">Everyone on this course can read this chat, and so can the staff.</p>
        {clockFastBy_ms.value !== null && <p class="note-text">{clockNote(clockFastBy_ms.value)}</p>}
        {messages.map((one) => (
          <Message key={one.id} message={one} />
        ))}
      </div>
      <Writing id="message" label="Write to the group" hint="Type a message" button="Send" onSend={post} />
    </>
  );
}

const ROLE_WORDS = { physio: "Physio", helper: "Helper", patient: null } as const;

function Message({ message }: { message: MessageView }) {
  const role = ROLE_WORDS[message.author_role];
  return (
    <div class={`message ${message.mine ? "is-mine" : ""}`}>
      <p class="from">
        {role && !message.mine && <span class="role">{role}</span>}{" "}
        <b>{message.mine ? "You" : message.author_name}</b> {clockTime(message.posted_at)}
      </p>
      <p class="text">{message.text}</p>
    </div>
  );
}
