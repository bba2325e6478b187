// Today and the waiting room, kept as they are on the server: a red flag that comes while the page lies open is
// shown, said and sounded. Nothing that has the focus is taken away, and looking does not keep anybody signed in.

import { soundHelp } from "../live/sounds";
import { type Flag, lineWords, NOT_REACHED, newFlags } from "./flags";
import { morph } from "./morph";

const WITHIN_MS = 10_000;
/** See `LOOKS_AGAIN` in server/pages/access.py. */
const HEADERS = { "Moveroom-Looks-Again": "yes" };

/** Begins, on a page that has a part to keep. */
export function lookAgain(): void {
  const part = document.getElementById("looks-again");
  const line = document.getElementById("looks-again-line");
  const said = document.getElementById("new-flags");
  if (part === null || line === null || said === null) return;
  const every_s = Number(part.dataset.everyS);
  const title = document.title;

  const tell = (words: string) => {
    line.hidden = false;
    if (line.textContent !== words) line.textContent = words;
  };
  const look = async () => {
    let words = NOT_REACHED;
    try {
      const next = await asItIsNow(part.id);
      if (next !== null) {
        const fresh = newFlags(flagsOn(part), flagsOn(next));
        morph(part, next);
        words = lineWords(every_s, maySound());
        if (fresh.length > 0) show(fresh, said, title);
      }
    } finally {
      // Whatever this browser cannot do, such as sound, it goes on looking.
      tell(words);
      setTimeout(look, every_s * 1000);
    }
  };
  const looks = () => tell(lineWords(every_s, maySound()));
  looks();
  for (const used of ["pointerup", "keyup"]) {
    document.addEventListener(used, looks, { once: true });
  }
  setTimeout(look, every_s * 1000);
}

/** The part of the page as the server has it; null when it cannot be had. Leads to signing in who is signed out. */
async function asItIsNow(id: string): Promise<Element | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), WITHIN_MS);
  try {
    const answer = await fetch(location.href, {
      headers: HEADERS,
      redirect: "manual",
      cache: "no-store",
      signal: late.signal,
    });
    if (answer.type === "opaqueredirect") location.reload();
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function flagsOn(part: Element): readonly Flag[] {
  return [...part.querySelectorAll<HTMLElement>("[data-flag]")].map((one) => ({
    key: one.dataset.flag ?? "",
    words: one.dataset.words ?? "",
    urgent: one.dataset.urgent !== undefined,
  }));
}

/** The newest stand for themselves until the next ones come; the list below keeps all of them. */
function show(fresh: readonly Flag[], said: HTMLElement, title: string): void {
  const urgent = fresh.some((one) => one.urgent);
  const box = document.createElement("div");
  box.className = "mr-red-flag";
  for (const one of fresh) {
    const words = document.createElement("p");
    words.textContent = `New: ${one.words}.${one.urgent ? " Ring now." : ""}`;
    box.append(words);
  }
  said.replaceChildren(box);
  if (!urgent) return;
  document.title = `Red flag – ${title}`;
  soundHelp();
}

/** Browsers keep a page silent until somebody has touched it; who does not tell is taken at its word. */
function maySound(): boolean {
  return navigator.userActivation?.hasBeenActive ?? true;
}
