/** Tells the server how far the chat has been read, so that it counts as read on all of a person's devices. */
import { computed, effect } from "@preact/signals";
import { store } from "./store";

/** The first is told at once, as she may go on with another device; what comes within this time, together. */
const TOGETHER_MS = 1000;

/** The latest message, while the chat is open and the page is looked at; null: nobody reads. */
const onScreen = computed(() => {
  const open = store.drawer.value === "chat" && !store.pageHidden.value && store.phase.value === "joined";
  return open ? (store.chat.value.at(-1)?.id ?? null) : null;
});

/** Follows the store from now on; `tell` sends it. */
export function tellChatSeen(tell: (up_to: string) => Promise<unknown>): () => void {
  let pause: ReturnType<typeof setTimeout> | undefined;
  let next: string | null = null;

  function tellNext(): void {
    pause = undefined;
    if (next === null) return;
    // What is not told now is told with the next one, and of no use later.
    tell(next).catch(() => undefined);
    next = null;
    pause = setTimeout(tellNext, TOGETHER_MS);
  }

  const stop = effect(() => {
    const last = onScreen.value;
    const facts = store.facts.value;
    if (last === null || facts === null || facts.chat_seen === last) return;
    store.facts.value = { ...facts, chat_seen: last };
    next = last;
    if (pause === undefined) tellNext();
  });
  return () => {
    clearTimeout(pause);
    stop();
  };
}
