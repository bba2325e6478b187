/** Tells the server what of the class this page shows: what cannot be seen is not sent. */
import { effect } from "@preact/signals";
import { choseSoundOnly, inClass } from "./derived";
import { recallSoundOnly, rememberSoundOnly } from "./door-memory";
import type { OwnView } from "./protocol";
import { store } from "./store";

/** Changes within this are told together: a window that is dragged, a drawer that opens. */
const TOGETHER_MS = 250;
/** What was refused or lost is told again after so long. */
const AGAIN_MS = 1000;
/** Who looks at another tab for less keeps the pictures. */
const HIDDEN_AFTER_MS = 2000;

/** What is to be told now; null: nothing is known, or nobody is there to tell it to. */
export function ownView(): OwnView | null {
  const peer = store.mediaPeer.value;
  if (peer === null || !store.socketUp.value || !inClass.value) return null;
  const sound_only = choseSoundOnly.value;
  if (sound_only || store.pageHidden.value) return { peer, slots: {}, sound_only };
  const slots: Record<string, number> = {};
  for (const [slot, lines] of store.shown.value) {
    if (lines === null) return null;
    if (lines > 0) slots[slot] = lines;
  }
  return store.shown.value.size > 0 ? { peer, slots, sound_only: false } : null;
}

function isDark(view: OwnView): boolean {
  return Object.keys(view.slots).length === 0;
}

/** Tells it on each change, and anew after each negotiation and each return of the socket. */
export function tellOwnView(send: (view: OwnView) => Promise<unknown>): () => void {
  let told = "";
  let dark = false;
  let waits = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    waits = false;
    const view = ownView();
    const text = JSON.stringify(view);
    if (view === null || text === told) return;
    told = text;
    dark = isDark(view);
    send(view).catch(() => {
      if (told !== text) return;
      told = "";
      clearTimeout(again);
      again = setTimeout(tell, AGAIN_MS);
    });
  };
  const stop = effect(() => {
    const view = ownView();
    if (!store.socketUp.value || store.mediaPeer.value === null) told = "";
    if (view === null) return;
    // Pictures that are wanted again, or no more, do not wait.
    if (isDark(view) !== dark) return tell();
    if (waits) return;
    waits = true;
    setTimeout(tell, TOGETHER_MS);
  });
  return () => {
    clearTimeout(again);
    stop();
  };
}

/** Follows whether anybody can see the page; one that plays in a window of its own is seen. */
export function followPageHidden(page: Document): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    const hidden = page.visibilityState === "hidden" && !page.pictureInPictureElement;
    if (!hidden) store.pageHidden.value = false;
    else timer = setTimeout(() => (store.pageHidden.value = true), HIDDEN_AFTER_MS);
  };
  for (const event of ["visibilitychange", "enterpictureinpicture", "leavepictureinpicture"]) {
    page.addEventListener(event, look);
  }
  look();
}

/** What was chosen by this link in this tab, before it was loaded anew. */
export function recallChoice(): () => void {
  const { link } = store.config.peek();
  store.soundOnly.value = recallSoundOnly(link);
  let before = store.soundOnly.peek();
  return effect(() => {
    const on = store.soundOnly.value;
    if (on !== before) rememberSoundOnly(link, on);
    before = on;
  });
}
