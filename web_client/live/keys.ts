/** Keys of the class page: M microphone, V camera, Q questions, C chat, Esc closes. Off while typing. */
import { closeDialog, closeDrawer, openDrawer, toggleCamera, toggleMicrophone } from "./actions";
import { inClass, isStaff } from "./derived";
import { store, type Tab } from "./store";

/** Starts listening. */
export function listenToKeys(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return closeTopmost();
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || isTyping(event.target)) return;
    if (!inClass.peek() || store.dialog.peek() !== null) return;
    KEYS[event.key.toLowerCase()]?.();
  });
}

const KEYS: Readonly<Record<string, () => void>> = {
  m: () => void toggleMicrophone(),
  v: () => void toggleCamera(),
  q: () => toggleDrawer("questions"),
  c: () => toggleDrawer("chat"),
};

function toggleDrawer(tab: Tab): void {
  if (store.drawer.peek() === tab && !isStaff.peek()) closeDrawer();
  else openDrawer(tab);
}

function closeTopmost(): void {
  if (store.dialog.peek() !== null) closeDialog();
  else if (store.waitingPanelOpen.peek()) store.waitingPanelOpen.value = false;
  else if (store.selectedSeat.peek() !== null) store.selectedSeat.value = null;
  else closeDrawer();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}
