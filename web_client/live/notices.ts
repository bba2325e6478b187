/** Says something once, for a few seconds. */
import { type Notice, store } from "./store";

const SHOWN_FOR_MS = 6000;
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string, tone: Notice["tone"] = "calm", for_ms = SHOWN_FOR_MS): void {
  clearTimeout(timer);
  store.notice.value = { text, tone };
  timer = setTimeout(() => {
    store.notice.value = null;
  }, for_ms);
}
