/** A place to write: keeps the text until the server has it, and says so when it has not. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { drop, sendDraft, write } from "../drafts";
import { store } from "../store";
import { ringIf } from "../updating";
import { Said } from "./said";

interface WritingProps {
  readonly id: string;
  /** Where the words are kept while they are not sent; the id, unless one place is for several things. */
  readonly box?: string;
  readonly label: string;
  readonly hint: string;
  readonly button: string;
  /** Between the label and the field: more to choose, or what is answered. */
  readonly above?: ComponentChildren;
  readonly below?: ComponentChildren;
  readonly focused?: boolean;
  /** What stands there at first. */
  readonly initial?: string;
  /** It can be sent no more: that is not offered after what went wrong. */
  readonly over?: boolean;
  /** Gives what went wrong in words, or null when it is done. */
  readonly onSend: (text: string, key: string) => Promise<string | null>;
  readonly onCancel?: () => void;
}

const LONGEST = 1000;
/** Sending that takes longer is spoken of. */
const SLOW_MS = 4000;

export function Writing({
  id,
  box = id,
  label,
  hint,
  button,
  above,
  below,
  focused,
  initial = "",
  over = false,
  onSend,
  onCancel,
}: WritingProps) {
  const draft = store.drafts.value.get(box);
  const { text, sending } = draft ?? { text: initial, sending: false };
  const again = over ? "" : ` Your words are still here: press ${button} to try again.`;
  const fault = draft?.fault ? `${draft.fault}${again}` : null;
  const field = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    if (focused) field.current?.focus();
  }, []);

  const send = async () => {
    if (await sendDraft(box, initial, onSend)) field.current?.focus();
  };

  return (
    <form
      class="writing"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label for={id}>{label}</label>
      {above && <div class="above">{above}</div>}
      <textarea
        ref={field}
        id={id}
        rows={1}
        maxLength={LONGEST}
        placeholder={hint}
        autocomplete="off"
        enterkeyhint="send"
        aria-describedby={fault ? `${id}-fault` : undefined}
        value={text}
        onInput={(event) => write(box, event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
      <button type="submit" class="send" aria-disabled={sending}>
        {sending ? "Sending…" : button}
      </button>
      {onCancel && (
        <button
          type="button"
          class="cancel"
          onClick={() => {
            drop(box);
            onCancel();
          }}
        >
          Cancel
        </button>
      )}
      {fault ? (
        <p class="fault" id={`${id}-fault`} role="alert">
          <Said text={fault} />
        </p>
      ) : sending ? (
        <Sending />
      ) : (
        below && <p class="below">{below}</p>
      )}
    </form>
  );
}

/** Nothing at first, for most is sent at once; then that it goes on, and whom to ring. */
function Sending() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class="below is-sending" role="status">
      {slow && <Said text={`Still sending. Your words are kept.${ringIf("If it cannot wait")}`} />}
    </p>
  );
}
