/** Shows one state of the class page, named in the address: /?state=patient-class&drawer=chat. */
import "../styles/class-room.css";
import { render } from "preact";
import { applyClass } from "../live/apply";
import { readConfig } from "../live/config";
import { followFocus } from "../live/focus";
import { listenToKeys } from "../live/keys";
import { type DeviceFault, NO_FAULTS } from "../live/media/devices";
import type { LineView } from "../live/protocol";
import { followHeight } from "../live/screen";
import { type DialogName, type Phase, store, type Tab } from "../live/store";
import { App } from "../live/views/app";
import { figureTrack } from "./figure";
import { call, chat, classView, line, linesOnWall, patientsOnWall, person, questions } from "./fixture";

const query = new URLSearchParams(location.search);
const WALLS = ["#cfdde2", "#d9d2c3", "#c9d3cd", "#d8cdd0", "#cdd1dc"];
const TOPS = ["#b5527a", "#5d7f4e", "#6b5fb0", "#3b76a8", "#d98a2b", "#a1473f"];

const figure = (index: number) =>
  figureTrack({
    wall: WALLS[index % WALLS.length] ?? "#ccc",
    top: TOPS[index % TOPS.length] ?? "#555",
    pose: index % 2 ? "sit" : "stand",
  });

function patient(): void {
  store.slotTracks.value = new Map([
    ["stage", figure(3)],
    ["side", figure(1)],
  ]);
  const withQuestions = query.has("questions") || query.has("drawer");
  applyClass(
    classView("Margaret", "patient", {
      questions: withQuestions ? questions("Margaret") : [],
      chat: chat("Margaret"),
      slots: query.has("helper") ? { stage: "Hannah", side: "Tom" } : { stage: "Hannah" },
    }),
  );
  store.chatSeenUpTo.value = query.has("unread") ? new Date(Date.now() - 13 * 60_000).toISOString() : "9";
  store.phase.value = "joined";
}

function staff(): void {
  const people = patientsOnWall(Number(query.get("seats") ?? 12));
  const waiting = Number(query.get("waiting") ?? 0);
  store.slotTracks.value = new Map([
    ...people.map((one) => [`seat${one.seat}`, figure(one.seat ?? 0)] as const),
    ["staff0", figure(2)],
  ]);
  const slots = Object.fromEntries(people.map((one) => [`seat${one.seat}`, one.id]));
  const queue = ["Ivy", "Ted", "Nora"]
    .slice(0, waiting)
    .map((name) => person(name, "patient", { place: "waiting" }));
  applyClass(
    classView("Hannah", "physio", {
      seats: people.length,
      people: [...people, ...queue, person("Tom", "helper")],
      questions: questions("Hannah"),
      chat: chat("Hannah"),
      help: query.has("help") ? [call("Dennis", "now"), call("Jean", "rest")] : [],
      slots: { ...slots, staff0: "Tom" },
    }),
  );
  if (query.has("lines")) store.lines.value = new Map(linesOnWall().map((one) => [one.id, one]));
  if (query.has("own-line")) ownLine("Hannah");
  if (query.has("stopped")) store.stopped.value = new Set((query.get("stopped") ?? "").split(","));
  if (query.has("music")) {
    const state = query.get("music") as typeof store.music.value.state;
    const name = state === "none" ? "" : "Marching music for knees, 120 beats.mp3";
    store.music.value = { ...store.music.value, state, name };
    store.musicPanelOpen.value = !query.has("closed");
  }
  store.waitingPanelOpen.value = query.has("panel");
  store.selectedSeat.value = query.has("seat") ? Number(query.get("seat")) : null;
  store.phase.value = "joined";
}

/** ?own-line=poor&reason=losses&sound-only */
function ownLine(me: string): void {
  const level = (query.get("own-line") ?? "poor") as LineView["level"];
  const reason = (query.get("reason") ?? "slow_down") as LineView["reason"];
  const mine = line(me, level, reason, query.has("sound-only"));
  store.lines.value = new Map(store.lines.value).set(me, mine);
}

function patchMe(change: Partial<NonNullable<typeof store.me.value>>): void {
  if (store.me.value) store.me.value = { ...store.me.value, ...change };
}

const STATES: Readonly<Record<string, () => void>> = {
  door: () => {
    store.phase.value = "door";
    store.doorReady.value = true;
  },
  opening: () => undefined,
  waiting: () => {
    patient();
    patchMe({ place: "waiting" });
  },
  "patient-class": patient,
  line: () => {
    patient();
    ownLine("Margaret");
    store.notice.value = null;
  },
  "sound-only": () => {
    patient();
    store.soundOnly.value = true;
    store.notice.value = null;
  },
  lost: () => {
    patient();
    store.media.value = "lost";
    store.mediaLostSince.value = Date.now() - Number(query.get("for") ?? 4) * 1000;
  },
  signalling: () => {
    patient();
    store.socketDownSince.value = Date.now() - 5000;
  },
  updating: () => {
    patient();
    store.socketUp.value = false;
    store.socketDownSince.value = Date.now() - 2000;
    store.updatingSince.value = Date.now() - Number(query.get("for") ?? 2) * 1000;
  },
  "clock-fast": () => {
    patient();
    patchMe({ place: "waiting" });
    store.clockOffset_ms.value = -20 * 60_000;
  },
  elsewhere: () => end("elsewhere"),
  stayed: () => end("stayed"),
  rest: () => {
    patient();
    store.help.value = new Map([["h", call("Margaret", "rest")]]);
  },
  "help-sent": () => {
    patient();
    store.help.value = new Map([["h", call("Margaret", "now")]]);
  },
  "help-sending": () => {
    patient();
    store.helpSending.value = "now";
  },
  "camera-off": () => {
    patient();
    store.slots.value = { stage: "Hannah" };
    store.people.value = new Map([["Hannah", person("Hannah", "physio", { camera_on: false })]]);
  },
  blocked: () => {
    patient();
    patchMe({ place: "waiting" });
    const fault = (query.get("fault") ?? "blocked") as DeviceFault;
    const microphone = query.has("both") ? fault : null;
    store.devices.value = { ...store.devices.value, camera: null, faults: { camera: fault, microphone } };
    store.dialog.value = "devices";
  },
  staff,
  left: () => end("left"),
  ended: () => end("ended"),
  replaced: () => end("replaced"),
  refused: () => {
    store.refusal.value = {
      code: "too_early",
      words: "The class is not open yet. It opens 10 minutes before it starts.",
      reference: null,
      detail: null,
    };
    end("refused");
  },
};

function end(phase: Phase): void {
  patient();
  store.phase.value = phase;
}

store.config.value = readConfig(document);
store.media.value = "connected";
store.socketUp.value = true;
store.wish.value = { microphone: query.has("live"), camera: !query.has("own-camera-off") };
store.devices.value = {
  asking: false,
  camera: figure(0),
  microphone: query.has("live")
    ? (new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0] ?? null)
    : null,
  faults: NO_FAULTS,
};
STATES[query.get("state") ?? "patient-class"]?.();
if (query.has("drawer")) store.drawer.value = query.get("drawer") as Tab;
if (query.has("dialog")) store.dialog.value = query.get("dialog") as DialogName;
if (query.has("notice"))
  store.notice.value = { text: query.get("notice") ?? "", tone: query.has("warn") ? "warning" : "calm" };
if (query.has("sound")) store.soundBlocked.value = true;
setInterval(() => {
  store.now.value = Date.now();
}, 1000);
followHeight();
listenToKeys(document);
const root = document.getElementById("class");
if (root) {
  render(<App />, root);
  followFocus(root);
}
