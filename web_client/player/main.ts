import "../styles/player.css";
import { keepAwakeWhilePlaying } from "./awake";
import { Captions } from "./captions";
import { recallChoices, rememberChoices } from "./choices";
import { readConfig } from "./config";
import { Controls } from "./controls";
import { forgetTheBeginning, praiseAtTheEnd } from "./ending";
import { FullScreen } from "./full-screen";
import { listenToKeys } from "./keys";
import { KeysDialog } from "./keys-dialog";
import { make } from "./make";
import { CAPTIONS_MISSING, NOT_ALL_KEPT, placeNotKept, placeRefused } from "./mishap-words";
import { watchForMishaps } from "./mishaps";
import { Notices } from "./notices";
import { partsList } from "./parts";
import { Playback } from "./playback";
import { Reporter } from "./reporter";
import { browserLine, sender } from "./sending";
import { TimeBar } from "./time-bar";
import { followWatching } from "./watching";
import { spoken } from "./words";

const config = readConfig(document);
const player = found("#player", HTMLElement);
const picture = found("#player .mr-player__picture", HTMLElement);
const video = found("#player video", HTMLVideoElement);
const track = found("#player track", HTMLTrackElement);

const store = () => localStorage;
const choices = recallChoices(store);
const playback = new Playback(video, config.duration_ms);
const notices = new Notices(config.service_phone);
const captions = new Captions(track, config.language, () => {
  notices.tell("captions", CAPTIONS_MISSING);
  controls.withoutCaptions();
});
const screen = new FullScreen(player, video, captions, fitScreen);
const keys = new KeysDialog(store);
const bar = new TimeBar(playback, config.chapters, (ms) => controls.showTime(ms, playback.durationMs));
const actions = {
  toggle: () => playback.toggle(),
  step: (ms: number) => leap(playback.positionMs + ms),
  toStart: () => leap(0),
  toEnd: () => leap(playback.durationMs),
  captions: () => choose({ captions: !choices.captions }, `Captions ${choices.captions ? "off" : "on"}`),
  mirror: () => choose({ mirror: !choices.mirror }, ""),
  speed: (speed: number) => choose({ speed }, ""),
  fullScreen: () => screen.toggle(),
  sound: () => {
    video.muted = !video.muted;
  },
  list: () => keys.open(),
};
const controls = new Controls(actions, screen.isPossible);
const partsAside = document.getElementById("parts");
const markPart = partsAside ? partsList(partsAside, config.chapters, leap) : () => undefined;

video.controls = false;
player.append(captions.band, notices.element, bar.element, controls.element, notices.spoken, keys.element);
notices.measure(document.documentElement);
player.classList.add("is-ready");
applyChoices();
startAt(config.position_ms);
draw();

for (const event of ["timeupdate", "play", "pause", "ended", "seeking", "durationchange"]) {
  video.addEventListener(event, draw);
}
video.addEventListener("click", actions.toggle);
video.addEventListener("loadedmetadata", () => {
  if (video.videoWidth > 0) {
    player.style.setProperty("--picture", `${video.videoWidth} / ${video.videoHeight}`);
    player.style.setProperty("--shape", String(video.videoWidth / video.videoHeight));
  }
});
video.addEventListener("volumechange", tellSound);
listenToKeys(
  document,
  actions,
  () => keys.lettersOn,
  () => keys.isOpen,
);
const listAddress = player.dataset.list ?? "..";
praiseAtTheEnd({
  playback,
  player,
  picture,
  next: config.next,
  listAddress,
  say: (words) => notices.say(words),
});
forgetTheBeginning(playback, document.querySelector(".mr-watch__resumed"));
watchForMishaps({
  playback,
  player,
  picture,
  notices,
  phone: config.service_phone,
  listAddress,
  tryAgain: (fromMs, playing) => {
    startAt(fromMs);
    video.load();
    if (playing) playback.play();
    controls.play.focus();
  },
});
keepAwakeWhilePlaying(playback);
if (config.report) followWatching(playback, reporterTo(config.report), () => performance.now());
offerTheBeginning();
offerTheKeys();

function draw(): void {
  const { isPlaying, isAtEnd, positionMs, durationMs } = playback;
  controls.draw({ ...choices, isPlaying, isAtEnd, positionMs, durationMs, isFullScreen: screen.on });
  bar.draw();
  markPart(positionMs);
}

function fitScreen(): void {
  player.classList.toggle("is-full-screen", screen.on);
  captions.fit();
  draw();
}

function leap(ms: number): void {
  playback.seek(ms);
  notices.say(spoken(playback.positionMs));
}

function choose(change: Partial<typeof choices>, said: string): void {
  Object.assign(choices, change);
  rememberChoices(store, choices);
  applyChoices();
  if (said) notices.say(said);
  draw();
}

function applyChoices(): void {
  captions.on = choices.captions;
  video.classList.toggle("is-mirrored", choices.mirror);
  video.defaultPlaybackRate = choices.speed;
  video.playbackRate = choices.speed;
}

/** Goes to `ms` as soon as the browser knows the video, without playing. */
function startAt(ms: number): void {
  const go = () => {
    if (Math.abs(playback.positionMs - ms) > 500) video.currentTime = ms / 1000;
  };
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA && !video.error) go();
  else video.addEventListener("loadedmetadata", go, { once: true });
}

function reporterTo(address: string): Reporter {
  const randomKey = () =>
    [...crypto.getRandomValues(new Uint8Array(12))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
  return new Reporter(
    randomKey,
    sender(address, browserLine()),
    (what, afterMs) => window.setTimeout(what, afterMs),
    (outcome) => {
      if (outcome.kept === "partly") notices.tell("watched", NOT_ALL_KEPT);
      if (outcome.kept === "yes" || outcome.kept === "partly") notices.tell("place", null);
      else if (outcome.kept === "away") notices.tell("place", placeNotKept(playback.positionMs));
      else notices.tell("place", placeRefused(outcome.words));
    },
  );
}

function tellSound(): void {
  if (!video.muted) {
    notices.tell("sound", null);
    return;
  }
  const on = make("button", { type: "button", class: "mr-player__again" }, "Turn the sound on");
  on.addEventListener("click", () => {
    video.muted = false;
    controls.play.focus();
  });
  notices.tell("sound", "The sound is off.", on);
}

function offerTheBeginning(): void {
  const offer = document.getElementById("from-the-beginning");
  if (!offer) return;
  offer.hidden = false;
  offer.addEventListener("click", () => {
    playback.playFromTheBeginning();
    controls.play.focus();
  });
}

function offerTheKeys(): void {
  const offer = document.getElementById("keys-button");
  if (!offer) return;
  offer.hidden = false;
  offer.addEventListener("click", () => keys.open());
  // A touch screen hides the offer until a key shows that there is a keyboard.
  document.addEventListener("keydown", () => offer.classList.add("is-of-use"), { once: true });
}

function found<Kind extends HTMLElement>(selector: string, kind: new () => Kind): Kind {
  const one = document.querySelector(selector);
  if (!(one instanceof kind)) throw new Error(`the page has no ${selector}`);
  return one;
}
