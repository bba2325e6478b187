/** A dialog that the person opened: focus goes in, stays in, and goes back. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface DialogProps {
  readonly title: string;
  /** To be read before anything is pressed: a second press of Enter must not press the first button. */
  readonly readFirst?: boolean;
  /** The id of what is to be read out with the title, when the dialog opens. */
  readonly describedBy?: string;
  readonly children: ComponentChildren;
}

const FOCUSABLE = "button:not(:disabled), a[href], textarea, input, select";

export function Dialog({ title, readFirst, describedBy, children }: DialogProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const first = readFirst ? "h2" : "button:not(:disabled)";
    (box.current?.querySelector<HTMLElement>(first) ?? box.current)?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div class="dim">
      <div
        ref={box}
        class="dialog"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="dialog-title"
        aria-describedby={describedBy}
        tabIndex={-1}
        onKeyDown={(event) => keepFocus(event, box.current)}
      >
        <h2 id="dialog-title" tabIndex={-1}>
          {title}
        </h2>
        {children}
      </div>
    </div>
  );
}

function keepFocus(event: KeyboardEvent, box: HTMLElement | null): void {
  if (event.key !== "Tab" || !box) return;
  const stops = [...box.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = event.shiftKey ? stops.at(-1) : stops[0];
  // Also from the title, which is no stop: back from it would leave the dialog.
  if (event.shiftKey ? at > 0 : at < stops.length - 1) return;
  event.preventDefault();
  next?.focus();
}
