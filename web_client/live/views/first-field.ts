/** What opens because somebody pressed a button begins with the keyboard in its first field. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** For the element in which the field is; without a field that element itself takes the focus. */
export function useFirstField<T extends HTMLElement>(): RefObject<T | null> {
  const box = useRef<T>(null);
  useLayoutEffect(() => {
    const first = (kind: string) => box.current?.querySelector<HTMLElement>(kind);
    (first("input:checked") ?? first("select, textarea, input") ?? box.current)?.focus();
  }, []);
  return box;
}
