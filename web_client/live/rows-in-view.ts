/** Which rows of a long list are drawn: those that can be seen, and some above and below. Pure. */

export interface RowsInView {
  /** The first row to draw, and the first after the last. */
  readonly from: number;
  readonly to: number;
  /** The height of what is not drawn, in CSS pixels. */
  readonly above_px: number;
  readonly below_px: number;
}

/** `top_px`: how far the list is scrolled; `height_px`: of the part that is seen; `spare_px`: drawn beyond it. */
export function rowsInView(
  heights_px: readonly number[],
  top_px: number,
  height_px: number,
  spare_px: number,
): RowsInView {
  const [first_px, last_px] = [top_px - spare_px, top_px + height_px + spare_px];
  let at_px = 0;
  let from = -1;
  let to = heights_px.length;
  let above_px = 0;
  let below_px = 0;
  for (const [row, height] of heights_px.entries()) {
    if (from < 0 && at_px + height > first_px) {
      from = row;
      above_px = at_px;
    }
    if (to === heights_px.length && at_px >= last_px) to = Math.max(row, 1);
    if (row >= to) below_px += height;
    at_px += height;
  }
  if (from < 0) return { from: heights_px.length, to: heights_px.length, above_px: at_px, below_px: 0 };
  return { from, to, above_px, below_px };
}

/** The row at the upper edge of what is seen, and by how much it reaches above that edge. */
export function rowAt(heights_px: readonly number[], top_px: number): { row: number; over_px: number } {
  let at_px = 0;
  for (const [row, height] of heights_px.entries()) {
    if (at_px + height > top_px) return { row, over_px: top_px - at_px };
    at_px += height;
  }
  return { row: Math.max(0, heights_px.length - 1), over_px: 0 };
}

/** How far from the list's beginning a row begins. */
export function topOf(heights_px: readonly number[], row: number): number {
  let top_px = 0;
  for (let each = 0; each < row; each++) top_px += heights_px[each] ?? 0;
  return top_px;
}
