/** A button and the panel that it opens beside it: the focus goes in, and back when it closes. */
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons";

interface AnchoredProps {
  readonly id: string;
  readonly icon: IconName;
  readonly label: string;
  readonly open: Signal<boolean>;
  /** Above the button, for those at the foot of the page. */
  readonly above?: boolean;
  readonly children: ComponentChildren;
}

export function Anchored({ id, icon, label, open, above, children }: AnchoredProps) {
  return (
    <div class={`anchor ${above ? "is-above" : ""}`}>
      <button
        type="button"
        class="staff-button"
        aria-expanded={open.value}
        aria-controls={id}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Icon name={icon} />
        {label}
      </button>
      {open.value && (
        <Panel id={id} label={label}>
          {children}
        </Panel>
      )}
    </div>
  );
}

interface PanelProps {
  readonly id: string;
  readonly label: string;
  readonly children: ComponentChildren;
}

function Panel({ id, label, children }: PanelProps) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const panel = box.current;
    const button = panel?.parentElement?.querySelector("button");
    const stops = [...(panel?.querySelectorAll<HTMLElement>("button, input, select, textarea") ?? [])];
    stops.find((one) => one.checkVisibility?.() ?? true)?.focus();
    return () => {
      if (panel?.contains(document.activeElement)) button?.focus();
    };
  }, []);
  return (
    <section ref={box} id={id} class="anchored" aria-label={label}>
      {children}
    </section>
  );
}
