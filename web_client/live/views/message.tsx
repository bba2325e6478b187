/** One message of the chat: who wrote what, what it answers, and what can be done with it. */
import { isStaff } from "../derived";
import type { MessageView, ReactionName } from "../protocol";
import { react, report } from "../talk-actions";
import { clockTime } from "../words";
import { MessageStaffActions } from "./chat-staff";
import { Linked } from "./linked";
import { Reasons } from "./report";

const ROLE_WORDS = { physio: "Physio", helper: "Helper", patient: null } as const;

export const REACTIONS: Readonly<Record<ReactionName, string>> = {
  thanks: "Thanks",
  well_done: "Well done",
  same_here: "Same here",
  made_me_smile: "Made me smile",
};

/** Which of a message's two rows of buttons is open. */
export type Open = "tools" | "report" | null;

interface MessageProps {
  readonly message: MessageView;
  readonly open: Open;
  readonly onOpen: (open: Open) => void;
  readonly onReply: () => void;
}

export function Message({ message, open, onOpen, onReply }: MessageProps) {
  const role = ROLE_WORDS[message.author_role];
  const hidden = message.hidden && message.text === "";
  return (
    <div class={`message ${message.mine ? "is-mine" : ""} ${open ? "is-open" : ""}`}>
      <p class="from">
        {role && !message.mine && <span class="role">{role}</span>}{" "}
        <b>{message.mine ? "You" : message.author_name}</b> {clockTime(message.posted_at)}
      </p>
      <div class="bubble">
        {message.reply_to !== null && <Quoted name={message.reply_to_name} text={message.reply_to_text} />}
        <p class={`text ${hidden ? "is-hidden" : ""}`}>
          {hidden ? "Staff have hidden this message." : <Linked text={message.text} />}
        </p>
      </div>
      {!hidden && !message.mine && (
        <button
          type="button"
          class="tool is-more"
          aria-expanded={open !== null}
          onClick={() => onOpen(open === null ? "tools" : null)}
        >
          {open === null ? "More" : "Less"}
          <span class="unseen"> about the message of {message.author_name}</span>
        </button>
      )}
      <Reactions message={message} />
      {message.held && message.mine && (
        <p class="by">Staff look at it first. Then everyone on this course sees it.</p>
      )}
      {message.reported && <p class="by">You have told staff of this message.</p>}
      {open === "tools" && <Tools message={message} onOpen={onOpen} onReply={onReply} />}
      {open === "report" && (
        <Reasons tell={(reason) => void report(message, reason)} close={() => onOpen(null)} />
      )}
      {isStaff.value && <MessageStaffActions message={message} open={open === "tools"} />}
    </div>
  );
}

/** How the message that this one answers begins. */
export function Quoted({ name, text }: { name: string | null; text: string | null }) {
  return (
    <p class="quoted">
      <span class="unseen">In reply to </span>
      <b>{name ?? "An earlier message"}</b>
      {text && `: ${text}`}
    </p>
  );
}

/** What others thought of it, in words and numbers. */
function Reactions({ message }: { message: MessageView }) {
  const given = (Object.keys(REACTIONS) as ReactionName[]).filter((one) => (message.reactions[one] ?? 0) > 0);
  if (given.length === 0) return null;
  return (
    <p class="reactions">
      {given.map((one) => (
        <span key={one} class={message.my_reactions.includes(one) ? "is-mine" : ""}>
          {REACTIONS[one]} {message.reactions[one]}
        </span>
      ))}
    </p>
  );
}

function Tools({ message, onOpen, onReply }: Omit<MessageProps, "open">) {
  return (
    <div class="tools">
      <button
        type="button"
        class="tool"
        onClick={() => {
          onOpen(null);
          onReply();
        }}
      >
        Reply
      </button>
      {(Object.keys(REACTIONS) as ReactionName[]).map((one) => (
        <button
          key={one}
          type="button"
          class="tool"
          aria-pressed={message.my_reactions.includes(one)}
          onClick={() => {
            onOpen(null);
            void react(message, one);
          }}
        >
          {REACTIONS[one]}
        </button>
      ))}
      {!message.reported && !isStaff.value && (
        <button type="button" class="tool" onClick={() => onOpen("report")}>
          Tell staff about it
        </button>
      )}
    </div>
  );
}
