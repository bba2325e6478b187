// On every page of signed-in staff: warns two minutes before the browser is signed out, and lets them stay.
// Other tabs of the same browser keep the session alive too: they tell each other when it ends.
// Today and the waiting room look again by themselves.

import { idleState } from "./idle";
import { lookAgain } from "./look-again";

const KEY = "mr-signed-out-at";
const line = document.getElementById("idle");
const dialog = document.getElementById("idle-dialog") as HTMLDialogElement | null;
const left = document.getElementById("idle-left");
const stay = document.getElementById("idle-stay") as HTMLFormElement | null;

let endsMs = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function tellOtherTabs(): void {
  try {
    localStorage.setItem(KEY, String(endsMs));
  } catch {
    // Storage is switched off: each tab then warns by itself.
  }
}

function saidByOtherTabs(): number {
  try {
    return Number(localStorage.getItem(KEY)) || 0;
  } catch {
    return 0;
  }
}

function endsIn(seconds: number): void {
  endsMs = Date.now() + seconds * 1000;
  tellOtherTabs();
  look();
}

function show(words: string): void {
  if (left !== null && left.textContent !== words) {
    left.textContent = words;
  }
  if (dialog !== null && !dialog.open) {
    if (typeof dialog.showModal === "function") {
      dialog.showModal();
    } else {
      dialog.setAttribute("open", "");
    }
  }
}

function hide(): void {
  if (dialog?.open) {
    if (typeof dialog.close === "function") {
      dialog.close();
    } else {
      dialog.removeAttribute("open");
    }
  }
}

function look(): void {
  clearTimeout(timer);
  endsMs = Math.max(endsMs, saidByOtherTabs());
  const state = idleState(Date.now(), endsMs);
  if (state.kind === "out") {
    location.replace(`/staff/sign-in?signed-out=idle&next=${encodeURIComponent(line?.dataset.next ?? "")}`);
    return;
  }
  if (state.kind === "warn") {
    show(state.left);
  } else {
    hide();
  }
  timer = setTimeout(look, state.nextMs);
}

async function staySignedIn(): Promise<void> {
  try {
    const answer = await fetch("/staff/stay", {
      method: "POST",
      redirect: "manual",
      headers: { Accept: "application/json" },
    });
    if (answer.ok) {
      const said = (await answer.json()) as { signed_out_in_s: number };
      endsIn(said.signed_out_in_s);
      if (line !== null) {
        line.textContent = "You are still signed in.";
      }
      return;
    }
    if (answer.type === "opaqueredirect") {
      endsMs = 0;
      location.replace("/staff/sign-in?signed-out=idle");
    }
  } catch {
    show("We cannot reach Moveroom. Check your connection, then try again.");
  }
}

lookAgain();

if (line !== null) {
  stay?.addEventListener("submit", (event) => {
    event.preventDefault();
    void staySignedIn();
  });
  dialog?.addEventListener("cancel", (event) => {
    event.preventDefault();
    void staySignedIn();
  });
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) {
      look();
    }
  });
  // A tablet that slept did not count: look again as soon as the page is seen.
  document.addEventListener("visibilitychange", look);
  endsIn(Number(line.dataset.seconds) || 0);
}
