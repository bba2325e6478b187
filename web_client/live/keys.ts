/**
 * Keys of the class page, off while typing. Who presses them by mistake (an unsteady hand, or speech that is
 * taken for typing) can switch the letters off; Esc and the Tab key always work.
 */
import { effect } from "@preact/signals";
import { closeDialog, closeDrawer, openDialog, openDrawer, toggleCamera, toggleMicrophone } from "./actions";
import { toggleBig } from "./big-picture";
import { columnStays } from "./column";
import { inClass, isStaff } from "./derived";
import { helpNow } from "./help-now";
import { toggleHand } from "./patient-actions";
import { store, type Tab } from "./store";

interface Key {
  readonly does: string;
  readonly press: () => void;
}

/** Every key that is a letter or a sign, with what it does in words. */
export const KEYS: Readonly<Record<string, Key>> = {
  m: { does: "Turn your microphone on or off", press: () => void toggleMicrophone() },
  v: { does: "Turn your camera on or off", press: () => void toggleCamera() },
  h: { does: "Put your hand up or down", press: () => void (isStaff.peek() || toggleHand()) },
  q: { does: "Open or close questions", press: () => toggleDrawer("questions") },
  c: { does: "Open or close chat", press: () => toggleDrawer("chat") },
  f: { does: "Make the picture and the words bigger, or smaller again", press: toggleBig },
  "?": { does: "Show this list", press: () => openDialog("keys") },
};

const STORED_AS = "moveroom-keys";

/** Starts listening. */
export function listenToKeys(page: Document): void {
  store.keysOn.value = recallKeysOn();
  effect(() => rememberKeysOn(store.keysOn.value));
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return closeTopmost();
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || isTyping(event.target)) return;
    if (!store.keysOn.peek() || !inClass.peek()) return;
    if (store.dialog.peek() !== null || helpNow.peek()) return;
    KEYS[event.key.toLowerCase()]?.press();
  });
}

function toggleDrawer(tab: Tab): void {
  if (store.drawer.peek() === tab && !isStaff.peek()) closeDrawer();
  else openDrawer(tab);
}

function closeTopmost(): void {
  if (store.dialog.peek() !== null) closeDialog();
  else if (store.musicPanelOpen.peek()) store.musicPanelOpen.value = false;
  else if (store.staffMoreOpen.peek()) store.staffMoreOpen.value = false;
  else if (store.pulsePanelOpen.peek()) store.pulsePanelOpen.value = false;
  else if (store.waitingPanelOpen.peek()) store.waitingPanelOpen.value = false;
  else if (store.selectedSeat.peek() !== null) store.selectedSeat.value = null;
  else if (!columnStays.peek()) closeDrawer();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** Some browsers refuse storage altogether; then the keys are on. */
function recallKeysOn(): boolean {
  try {
    return localStorage.getItem(STORED_AS) !== "off";
  } catch {
    return true;
  }
}

function rememberKeysOn(on: boolean): void {
  try {
    localStorage.setItem(STORED_AS, on ? "on" : "off");
  } catch {
    // It holds for as long as the page is open.
  }
}
