/**
 * Big picture: the stage as large as it can be, and words that are read from three metres. By itself on a screen
 * as large as a TV; elsewhere, or not there, as the person chooses.
 */
import { computed } from "@preact/signals";
import { store } from "./store";

/** As wide as a TV. */
const BY_ITSELF_FROM_PX = 1600;
/** A page with less room, or much enlarged, is large enough already. */
const ROOM_FROM_PX = { width: 1200, height: 600 };

/** There is room to choose it. */
export const bigFits = computed(() => {
  const { width, height } = store.room_px.value;
  return width >= ROOM_FROM_PX.width && height >= ROOM_FROM_PX.height;
});

export const isBig = computed(
  () => bigFits.value && (store.bigChosen.value ?? store.room_px.value.width >= BY_ITSELF_FROM_PX),
);

export function toggleBig(): void {
  if (bigFits.peek()) store.bigChosen.value = !isBig.peek();
}
