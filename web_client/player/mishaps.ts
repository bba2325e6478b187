/** Watches for what can go wrong with the video, and says so: in the picture's place when it cannot play. */
import { make } from "./make";
import { FAULTS, type Fault, faultOf, OFFLINE, SLOW } from "./mishap-words";
import type { Notices } from "./notices";
import type { Playback } from "./playback";
import { telephone } from "./words";

const SLOW_AFTER_MS = 8_000;

interface Surroundings {
  readonly playback: Playback;
  readonly player: HTMLElement;
  readonly picture: HTMLElement;
  readonly notices: Notices;
  readonly phone: string;
  readonly listAddress: string;
  /** Called when a person or the line asks for another try: where the video was, and whether it played. */
  readonly tryAgain: (fromMs: number, playing: boolean) => void;
}

/** Starts watching. */
export function watchForMishaps(around: Surroundings): void {
  const { playback, player, picture, notices } = around;
  const { video } = playback;
  let panel: HTMLElement | null = null;
  let slow = 0;
  let lastMs = 0;
  let wasPlaying = false;

  const tellLine = (words: string | null) => {
    clearTimeout(slow);
    notices.tell("line", words);
  };
  const again = () => {
    panel?.remove();
    panel = null;
    player.classList.remove("is-faulty");
    around.tryAgain(lastMs, wasPlaying);
  };
  const show = (fault: Fault) => {
    tellLine(null);
    panel?.remove();
    panel = faultPanel(fault, around, again);
    player.classList.add("is-faulty");
    picture.append(panel);
  };

  video.addEventListener("timeupdate", () => {
    if (!video.error && video.readyState > 0) lastMs = playback.positionMs;
  });
  video.addEventListener("play", () => {
    wasPlaying = true;
  });
  video.addEventListener("pause", () => {
    if (!video.error) wasPlaying = false;
  });
  video.addEventListener("error", async () => show(await causeOf(video)));
  video.addEventListener("waiting", () => {
    clearTimeout(slow);
    slow = window.setTimeout(() => tellLine(navigator.onLine ? SLOW : OFFLINE), SLOW_AFTER_MS);
  });
  for (const fine of ["playing", "pause", "seeked", "ended"]) {
    video.addEventListener(fine, () => tellLine(navigator.onLine ? null : OFFLINE));
  }
  window.addEventListener("offline", () => {
    if (!panel) tellLine(OFFLINE);
  });
  window.addEventListener("online", () => {
    tellLine(null);
    if (panel?.dataset.fault === "no connection") again();
  });
  if (video.error) void causeOf(video).then(show);
}

/** Asks for one byte of the file: the video element itself does not tell what the server said. */
async function causeOf(video: HTMLVideoElement): Promise<Fault> {
  if (video.error?.code === MediaError.MEDIA_ERR_DECODE) return "cannot play";
  try {
    const answer = await fetch(video.currentSrc || video.src, { headers: { Range: "bytes=0-0" } });
    return faultOf(answer.status);
  } catch {
    return faultOf(null);
  }
}

function faultPanel(fault: Fault, around: Surroundings, again: () => void): HTMLElement {
  const { title, next, again: worthIt } = FAULTS[fault];
  const panel = make(
    "div",
    { class: "mr-player__fault", role: "alert", "data-fault": fault },
    make("h2", {}, title),
    make("p", {}, next),
  );
  const ways = make("p", { class: "mr-player__ways" });
  if (worthIt) {
    const press = make("button", { type: "button", class: "mr-player__again" }, "Try again");
    press.addEventListener("click", again);
    ways.append(press);
  }
  ways.append(make("a", { class: "mr-player__again", href: around.listAddress }, "All sessions"));
  panel.append(ways);
  if (around.phone) {
    const call = make("a", { href: telephone(around.phone) }, around.phone);
    panel.append(make("p", {}, "If you need help, call us on ", call, "."));
  }
  return panel;
}
