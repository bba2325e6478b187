/**
 * The one state of the class page. Server state is put here as it arrives (`apply.ts`), what the person
 * does here by `actions.ts`; the views only read. Nothing in this module talks to anyone.
 */
import { signal } from "@preact/signals";
import type { ClassConfig } from "./config";
import { NO_FAULTS, type OwnDevices } from "./media/devices";
import type { SideShown } from "./media/plan";
import type {
  CheckInView,
  ClassView,
  ErrorView,
  HelpView,
  LineView,
  MessageView,
  MeView,
  PersonView,
  QuestionTo,
  QuestionView,
  TurnedAwayView,
} from "./protocol";

/**
 * Where the person stands with this page.
 *
 * door → joining (a choice was made) → joined ⇄ left; joined → ended; any → replaced, refused.
 * joined (in the waiting room) → turned_away.
 * joining → elsewhere (in class on another device, and asked which it shall be) → joining or stayed there.
 */
export type Phase =
  | "door"
  | "joining"
  | "joined"
  | "left"
  | "ended"
  | "replaced"
  | "refused"
  | "turned_away"
  | "elsewhere"
  | "stayed";

/** The media connection: none yet, being made, up, or lost after it was up. */
export type MediaState = "none" | "connecting" | "connected" | "lost";

export type ClassFacts = Omit<
  ClassView,
  "me" | "people" | "questions" | "chat" | "help" | "slots" | "lines" | "check_ins"
>;
export type Tab = "questions" | "chat" | "people";
export type DialogName =
  | "help"
  | "leave"
  | "end"
  | "devices"
  | "keys"
  | "more"
  | "who-sees"
  | "pulse"
  | "cards"
  | "aside";

/** Music for exercise, from a file of this device. */
export interface MusicView {
  readonly state: "none" | "opening" | "paused" | "playing" | "unplayable";
  /** The file's name; empty while there is none. */
  readonly name: string;
  /** 0 to 100. */
  readonly volume: number;
}

export const NO_MUSIC: MusicView = { state: "none", name: "", volume: 50 };

/** Something said once to the person, for a few seconds, by eye and by screen reader. */
export interface Notice {
  readonly text: string;
  readonly tone: "calm" | "warning";
}

/** Who a question is for, and whether classmates are told who asked. */
export interface AskedAs {
  readonly to: QuestionTo;
  readonly anonymous: boolean;
}

/** What is being written in one box and not yet acknowledged. */
export interface Draft {
  readonly text: string;
  /** The same until it is acknowledged. */
  readonly key: string;
  readonly sending: boolean;
  /** What went wrong, in words. */
  readonly fault: string | null;
  /** The words of the first try to send it. */
  readonly first: string | null;
}

export const NO_DEVICES: OwnDevices = { asking: false, microphone: null, camera: null, faults: NO_FAULTS };

export const store = {
  config: signal<ClassConfig>({ link: "", service_phone: "", service_name: "" }),
  phase: signal<Phase>("door"),
  /** The person has left, and the server does not know it yet. */
  leaveUntold: signal(false),
  /** It is known whether the browser must be asked for camera and microphone. */
  doorReady: signal(false),
  /** Why the class cannot be entered. */
  refusal: signal<ErrorView | null>(null),
  /** This patient has been let in, at some time since the page was opened. */
  wasLetIn: signal(false),
  /** What staff told somebody whom they did not let in, or took out of class. */
  turnedAway: signal<TurnedAwayView | null>(null),

  // The class, as the server last told it.
  facts: signal<ClassFacts | null>(null),
  me: signal<MeView | null>(null),
  people: signal<ReadonlyMap<string, PersonView>>(new Map()),
  questions: signal<ReadonlyMap<string, QuestionView>>(new Map()),
  chat: signal<readonly MessageView[]>([]),
  help: signal<ReadonlyMap<string, HelpView>>(new Map()),
  slots: signal<Readonly<Record<string, string>>>({}),
  /** How people's connections are; who is not in it has a good one, or one that we are not told of. */
  lines: signal<ReadonlyMap<string, LineView>>(new Map()),
  /** Staff only, by person: how each patient's check-in stands; empty where nobody checks in. */
  checkIns: signal<ReadonlyMap<string, CheckInView>>(new Map()),

  // The two lines to the server. Moments are `Date.now()`; null while there is no trouble.
  socketUp: signal(false),
  socketDownSince: signal<number | null>(null),
  /** The server has said that it goes and will be back. */
  updatingSince: signal<number | null>(null),
  media: signal<MediaState>("none"),
  mediaLostSince: signal<number | null>(null),
  /** The server's name for the media connection; null while there is none. */
  mediaPeer: signal<string | null>(null),
  slotTracks: signal<ReadonlyMap<string, MediaStreamTrack>>(new Map()),

  // Own devices, and what the person wants switched on.
  devices: signal<OwnDevices>(NO_DEVICES),
  wish: signal({ microphone: false, camera: false }),
  /** The person wants to be seen by staff only, and the server has not acknowledged it yet. */
  hiding: signal(false),
  /** The person wants to hear the class and see nothing of it, to spare a slow or dear line. */
  soundOnly: signal(false),
  music: signal<MusicView>(NO_MUSIC),
  /** Staff: what is shown beside the own picture. */
  side: signal<SideShown | null>(null),

  // What is on the screen.
  /** By picture slot, the lines of its picture on this screen; null: not measured yet. */
  shown: signal<ReadonlyMap<string, number | null>>(new Map()),
  /** New frames of the stage's picture keep coming. */
  stageMoves: signal(false),
  /** The slots whose picture should move and has stood still for a while: its last frame is not now. */
  stopped: signal<ReadonlySet<string>>(new Set()),
  /** Nobody has looked at this page for a moment: another tab, another program. */
  pageHidden: signal(false),
  /** The room that the page has, in CSS pixels. */
  room_px: signal({ width: 0, height: 0 }),
  /** Big picture, as the person chose it; null: as the screen is. */
  bigChosen: signal<boolean | null>(null),
  drawer: signal<Tab | null>(null),
  drafts: signal<ReadonlyMap<string, Draft>>(new Map()),
  /** Whom the next question is for, as it was chosen last. */
  askedAs: signal<AskedAs>({ to: "physio", anonymous: false }),
  /** The message that the next one answers. */
  answered: signal<MessageView | null>(null),
  dialog: signal<DialogName | null>(null),
  waitingPanelOpen: signal(false),
  musicPanelOpen: signal(false),
  staffMoreOpen: signal(false),
  pulsePanelOpen: signal(false),
  selectedSeat: signal<number | null>(null),
  /** Of whom a form stands beside the large picture: it stays while staff write in it, also when the patient goes. */
  formFor: signal<string | null>(null),
  /** The patient with whom a talk in private is about to begin, while staff are asked whether the group rests. */
  askedAside: signal<string | null>(null),
  notice: signal<Notice | null>(null),
  soundBlocked: signal(false),
  /** Letters pressed outside a field do what `keys.ts` says. */
  keysOn: signal(true),
  /** The kind of help that is being sent and not yet acknowledged. */
  helpSending: signal<HelpView["kind"] | null>(null),
  /** A try to send it has failed, or it takes so long that nobody may rely on it. */
  helpUntold: signal(false),

  /** `Date.now()`, once a second. */
  now: signal(Date.now()),
  /** Server time minus this device's time, in ms. */
  clockOffset_ms: signal(0),
};

export type Store = typeof store;
