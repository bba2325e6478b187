/** Shows one state of the class page, named in the address: /?state=patient-class&drawer=chat. */
import "../styles/class-room.css";
import { render } from "preact";
import { applyClass } from "../live/apply";
import { readConfig } from "../live/config";
import { followFocus } from "../live/focus";
import { listenToKeys } from "../live/keys";
import { type DeviceFault, NO_FAULTS } from "../live/media/devices";
import type { LineView, MessageView, PersonView, PulseView } from "../live/protocol";
import { followHeight } from "../live/screen";
import { type DialogName, type Phase, store, type Tab } from "../live/store";
import { App } from "../live/views/app";
import { figureTrack } from "./figure";
import {
  CARD,
  call,
  chat,
  checkIn,
  classView,
  line,
  linesOnWall,
  patientsOnWall,
  person,
  pulse,
  questions,
} from "./fixture";

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
    ...MATES.map((_, at) => [`mate${at}`, figure(at + 4)] as const),
  ]);
  const mates = MATES.slice(0, Number(query.get("mates") ?? 0));
  const side = query.get("side");
  const people = patientsOnWall(8).map((one) => (one.id === side ? { ...one, camera_on: true } : one));
  const withQuestions = query.has("questions") || query.has("drawer");
  applyClass(
    classView("Margaret", "patient", {
      questions: withQuestions ? questions("Margaret") : [],
      chat: query.has("messages") ? longChat(Number(query.get("messages"))) : chat("Margaret"),
      chat_seen: query.has("unread") ? "2" : "4",
      chat_paused: query.has("paused"),
      pulse: query.has("pulse") ? pulse((query.get("pulse") || "pain") as PulseView["kind"]) : null,
      cards: query.has("card") ? [CARD] : [],
      people: [
        person("Hannah", "physio", { side_view: side === "Hannah" ? "camera" : null }),
        person("Tom", "helper"),
        ...people.filter((one) => mates.includes(one.id) || one.id === side).map(signing),
      ],
      slots: {
        stage: "Hannah",
        ...(query.has("helper") && { side: "Tom" }),
        ...(side !== null && { side }),
        ...Object.fromEntries(mates.map((id, at) => [`mate${at}`, id])),
      },
    }),
  );
  store.phase.value = "joined";
}

/** ?messages=10000: a course that talks much. */
function longChat(count: number): MessageView[] {
  const [first] = chat("Margaret");
  if (!first) return [];
  return Array.from({ length: count }, (_, at) => ({
    ...first,
    id: `long-${at}`,
    text: `${at}. ${"Did the stairs without the rail. ".repeat(1 + (at % 5))}`,
    posted_at: new Date(Date.now() - (count - at) * 60_000).toISOString(),
  }));
}

const MATES = ["Winston", "Jean", "Dennis", "Sheila"];

const signing = (one: PersonView): PersonView =>
  one.id === "Jean"
    ? { ...one, hand: 2, signal: { kind: "well_done", at: new Date().toISOString() }, seen_by_group: true }
    : { ...one, seen_by_group: true };

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
      check_ins: query.has("check-ins") ? checkIns() : [],
    }),
  );
  moderated(people);
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
  store.pulsePanelOpen.value = query.has("pulse-panel");
  store.selectedSeat.value = query.has("seat") ? Number(query.get("seat")) : null;
  store.phase.value = "joined";
}

/** ?aside&more&spotlight&undo&lead: how the class is led. */
function moderated(people: readonly PersonView[]): void {
  const facts = store.facts.value;
  if (!facts) return;
  const until = new Date(Date.now() + 50_000).toISOString();
  store.facts.value = {
    ...facts,
    locked: query.has("locked"),
    unaccounted: query.has("lost") ? [lost("Pauline"), lost("Edith")] : [],
    undo: query.has("undo") ? { kind: "mute_all", people: 11, until } : null,
    spotlight: query.has("spotlight") ? (people[8]?.id ?? null) : null,
  };
  const other = people[Number(query.get("aside"))];
  if (query.has("pulse-staff")) answers(people);
  if (query.has("aside") && other) {
    store.people.value = new Map(store.people.value).set(other.id, { ...other, aside: true });
    patchMe({ aside: true, aside_with: other.id });
    store.facts.value = { ...store.facts.value, presenter: "Tom" };
  }
  store.staffMoreOpen.value = query.has("more");
}

/** ?pulse-staff: effort from all but one; hands, a sign, and who hears only. */
function answers(people: readonly PersonView[]): void {
  const ids = people.map((one) => one.id);
  const bars = [0, 0, 1, 3, 3, 2, 1, 0, 1, 0, 0];
  const given = [4, 3, 5, 3, 6, 4, 2, 8, 3, 4, 5];
  const facts = store.facts.value;
  if (!facts) return;
  store.facts.value = {
    ...facts,
    pulse: {
      id: "p",
      kind: "effort",
      text: "How hard is it for you now?",
      options: [],
      asked_at: new Date().toISOString(),
      closed_at: null,
      my_value: null,
      answered: 11,
      of: ids.length,
      bars,
      values: Object.fromEntries(ids.slice(0, 11).map((id, at) => [id, given[at] ?? 0])),
      shown_from: 5,
      missing: ids.slice(11),
    },
  };
  const change: Record<number, Partial<PersonView>> = {
    2: { signal: { kind: "repeat", at: new Date().toISOString() } },
    5: { hand: 1 },
    6: { hand: 2 },
    7: { sound_only: true },
  };
  const changed = people.map((one, at) => ({ ...one, ...change[at] }));
  store.people.value = new Map([...store.people.value, ...changed.map((one) => [one.id, one] as const)]);
}

const lost = (name: string) => ({
  ...call(name, "now"),
  full_name: `${name} Example`,
  phone: "07700 900142",
  since: new Date(Date.now() - 4 * 60_000).toISOString(),
});

/** ?waiting=3&panel&check-ins: one of each kind waits; of two with a red flag one is in class, one not here. */
const checkIns = () => [
  checkIn("Ivy", "ready"),
  checkIn("Ted", "held"),
  checkIn("Nora", "not_yet"),
  checkIn("Pauline", "allowed"),
  checkIn("Dennis", "red_flag"),
  checkIn("Zara", "red_flag", { place: "" }),
];

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
    patchMe({ place: "waiting", told: query.get("told") ?? "" });
    store.notice.value = null;
  },
  "turned-away": () => {
    store.turnedAway.value = { words: "Please rest today. We will ring you.", phone: "01632 960123" };
    end("turned_away");
  },
  "patient-class": patient,
  "seen-by-group": () => {
    patient();
    patchMe({ seen_by_group: true, hand: 2 });
  },
  aside: () => {
    patient();
    store.notice.value = null;
    patchMe({ aside: true, aside_with: "Hannah" });
  },
  "camera-stopped": () => {
    patient();
    patchMe({ camera_stopped: true, camera_on: false });
    store.wish.value = { ...store.wish.value, camera: false };
  },
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
if (query.has("quiet")) store.notice.value = null;
if (query.has("big")) store.bigChosen.value = true;
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
