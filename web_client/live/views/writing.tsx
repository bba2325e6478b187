/** A place to write: keeps the text until the server has it, and says so when it has not. */
import { useEffect, useRef, useState } from "preact/hooks";
import { newKey } from "../actions";
import { ringIf } from "../updating";
import { Said } from "./said";

interface WritingProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly button: string;
  readonly below?: string;
  readonly focused?: boolean;
  /** Gives what went wrong in words, or null when it is done. */
  readonly onSend: (text: string, key: string) => Promise<string | null>;
  readonly onCancel?: () => void;
}

const LONGEST = 1000;
/** Sending that takes longer is spoken of. */
const SLOW_MS = 4000;

export function Writing({ id, label, hint, button, below, focused, onSend, onCancel }: WritingProps) {
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const key = useRef(newKey());
  const field = useRef<HTMLTextAreaElement>(null);

  const send = async () => {
    const written = text.trim();
    if (!written || sending) return;
    setSending(true);
    setFault(null);
    const words = await onSend(written, key.current);
    setSending(false);
    setFault(words && `${words} Your words are still here: press ${button} to try again.`);
    if (words) return;
    setText("");
    key.current = newKey();
    field.current?.focus();
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
      <textarea
        ref={field}
        id={id}
        rows={1}
        maxLength={LONGEST}
        placeholder={hint}
        autocomplete="off"
        enterkeyhint="send"
        autofocus={focused}
        aria-describedby={fault ? `${id}-fault` : undefined}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          key.current = newKey();
        }}
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
        <button type="button" class="cancel" onClick={onCancel}>
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
