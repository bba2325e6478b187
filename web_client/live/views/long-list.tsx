/**
 * A list of any length of which only the rows near what is seen are drawn. It stays where the reader is,
 * whatever is added above or turns out taller than thought, and follows its end for who reads there.
 */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { rowAt, rowsInView, topOf } from "../rows-in-view";

interface LongListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** `before`: the item above it, in the whole list. */
  readonly draw: (item: T, before: T | undefined) => ComponentChildren;
  /** Above the first row: what is said once, and what leads to more. */
  readonly before?: ComponentChildren;
  /** The reader has come near the beginning. */
  readonly onStart: () => void;
  /** Who wrote the last one wants to see it. */
  readonly lastIsMine: boolean;
}

/** Until a row has been drawn once it counts as so high. */
const ROW_PX = 76;
/** Drawn above and below what is seen, so that a quick scroll shows no gap. */
const SPARE_PX = 800;
/** Nearer to the end than this, the list follows what is new. */
const FOLLOW_WITHIN_PX = 120;
/** Nearer to the beginning than this, more is fetched. */
const START_WITHIN_PX = 300;
/** Before it has been measured. */
const FIRST_HEIGHT_PX = 600;

export function LongList<T>({ label, items, keyOf, draw, before, onStart, lastIsMine }: LongListProps<T>) {
  const box = useRef<HTMLElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  const measured = useRef(new Map<string, number>());
  /** Where the reader is: at the end, or so far below the upper edge of this row. */
  const place = useRef<{ key: string; over_px: number } | "end">("end");
  const drawnOf = useRef<{ items: readonly T[]; last: string; width_px: number; height_px: number } | null>(
    null,
  );
  const settling = useRef(false);
  const [seen, setSeen] = useState({ top_px: Number.MAX_SAFE_INTEGER, height_px: FIRST_HEIGHT_PX });
  const [, redraw] = useState(0);

  const heightsOf = (all: readonly T[]) => all.map((item) => measured.current.get(keyOf(item)) ?? ROW_PX);
  const heights = heightsOf(items);
  const total_px = topOf(heights, heights.length);
  const top_px = Math.min(seen.top_px, Math.max(0, total_px - seen.height_px));
  const { from, to, above_px, below_px } = rowsInView(heights, top_px, seen.height_px, SPARE_PX);

  const aboveRows_px = () => rows.current?.offsetTop ?? 0;

  const look = () => {
    const list = box.current;
    if (!list) return;
    const toEnd_px = list.scrollHeight - list.scrollTop - list.clientHeight;
    const inRows_px = Math.max(0, list.scrollTop - aboveRows_px());
    // As high as they stand there now: rows that this drawing showed first were higher or lower than thought.
    const { row, over_px } = rowAt(heightsOf(items), inRows_px);
    const item = items[row];
    place.current = toEnd_px < FOLLOW_WITHIN_PX || item === undefined ? "end" : { key: keyOf(item), over_px };
    setSeen({ top_px: inRows_px, height_px: list.clientHeight });
    if (list.scrollTop < START_WITHIN_PX && place.current !== "end") onStart();
  };

  useLayoutEffect(() => {
    const list = box.current;
    if (!list) return;
    const before = drawnOf.current;
    const lastItem = items.at(-1);
    const last = lastItem === undefined ? "" : keyOf(lastItem);
    const [width_px, height_px] = [list.clientWidth, list.clientHeight];
    drawnOf.current = { items, last, width_px, height_px };
    if (lastIsMine && last !== before?.last) place.current = "end";
    if (width_px !== before?.width_px) measured.current.clear();
    let changed = items !== before?.items || width_px !== before.width_px || height_px !== before.height_px;
    for (const row of list.querySelectorAll<HTMLElement>("[data-row]")) {
      const key = row.dataset.row ?? "";
      const height = row.getBoundingClientRect().height;
      if (height === 0 || Math.abs((measured.current.get(key) ?? 0) - height) < 0.5) continue;
      measured.current.set(key, height);
      changed = true;
    }
    const settled = !settling.current;
    settling.current = changed;
    // While only the reader moves, nothing else does.
    if (!changed && settled) return;
    const wanted_px = wantedTop(list, heightsOf(items));
    if (Math.abs(list.scrollTop - wanted_px) > 1) list.scrollTop = wanted_px;
    if (changed) setSeen({ top_px: Math.max(0, list.scrollTop - aboveRows_px()), height_px });
  });

  useLayoutEffect(() => {
    const list = box.current;
    if (!list || typeof ResizeObserver === "undefined") return;
    const watch = new ResizeObserver(() => redraw((turn) => turn + 1));
    watch.observe(list);
    return () => watch.disconnect();
  }, []);

  function wantedTop(list: HTMLElement, known: readonly number[]): number {
    const end_px = list.scrollHeight - list.clientHeight;
    const { current } = place;
    if (current === "end") return end_px;
    const row = items.findIndex((item) => keyOf(item) === current.key);
    return row < 0 ? end_px : Math.min(aboveRows_px() + topOf(known, row) + current.over_px, end_px);
  }

  return (
    // Not read out as it is drawn: scrolling draws what is old.
    <section
      ref={box}
      class="list is-long"
      role="log"
      aria-live="off"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      onScroll={look}
    >
      {before}
      <ul ref={rows} style={{ paddingTop: `${above_px}px`, paddingBottom: `${below_px}px` }}>
        {items.slice(from, to).map((item, at) => (
          <li
            key={keyOf(item)}
            data-row={keyOf(item)}
            aria-posinset={from + at + 1}
            aria-setsize={items.length}
          >
            {draw(item, items[from + at - 1])}
          </li>
        ))}
      </ul>
    </section>
  );
}
