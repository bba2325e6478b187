/** A class with plainly fictional people, for looking at the views without a server. */
import type {
  CardView,
  CheckInState,
  CheckInView,
  ClassView,
  HelpView,
  LineView,
  MessageView,
  PersonView,
  PulseView,
  QuestionView,
  Role,
  UnaccountedView,
} from "../live/protocol";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const PATIENTS =
  "Margaret Dennis Sheila Yusuf Pauline Winston Jean Brian Gurpreet Maureen Alan Rosa Edith Harold Olive Stan";

export function person(id: string, role: Role, change: Partial<PersonView> = {}): PersonView {
  return {
    id,
    role,
    name: id,
    full_name: `${id} Example`,
    phone: role === "patient" ? "07700 900142" : null,
    seat: null,
    place: "in_class",
    place_since: minutesAgo(2),
    microphone_on: role !== "patient",
    camera_on: true,
    muted_by_staff: false,
    seen_by_group: role !== "patient",
    other_device: false,
    side_view: null,
    camera_stopped: false,
    aside: false,
    aside_with: null,
    removed: false,
    sound_only: false,
    hand: null,
    signal: null,
    drop_settled: false,
    ...change,
  };
}

export const HANNAH = person("Hannah", "physio");
export const TOM = person("Tom", "helper");

export function patientsOnWall(count: number): PersonView[] {
  const change: Record<number, Partial<PersonView>> = {
    1: { microphone_on: true },
    3: { camera_on: false },
    4: { place: "dropped", place_since: minutesAgo(0.2) },
    6: { microphone_on: true, muted_by_staff: true, other_device: true },
    8: { seen_by_group: true },
  };
  return PATIENTS.split(" ")
    .slice(0, count)
    .map((name, seat) => person(name, "patient", { seat, ...change[seat] }));
}

export function questions(mine: string): QuestionView[] {
  const one = (id: string, asker: string, text: string, change: Partial<QuestionView>): QuestionView => ({
    id,
    asker,
    asker_name: asker,
    mine: asker === mine,
    text,
    state: "waiting",
    asked_at: minutesAgo(4),
    votes: 2,
    voted: false,
    vote_stays: false,
    answer: null,
    answered_by_name: null,
    answered_by_role: null,
    to: "physio",
    anonymous: false,
    held: false,
    pinned: false,
    merged_into: null,
    merged: 0,
    replies: [],
    edited_at: null,
    editable_until: null,
    carried: false,
    owed_by_name: null,
    reports: 0,
    report_reasons: [],
    reported: false,
    ...change,
  });
  return [
    one("1", "Dennis", "My knee clicks when I stand up. Is that bad?", {
      state: "answering",
      votes: 5,
      voted: true,
      answered_by_name: "Hannah",
      answered_by_role: "physio",
    }),
    one("2", "Margaret", "Should I do these on the days in between?", { votes: 3 }),
    one("3", "Winston", "Is a heat pack all right before class?", { to: "group" }),
    one("4", "Jean", "What height should my chair be?", {
      state: "answered_in_writing",
      votes: 4,
      answer: "About the height of the back of your knee.",
      answered_by_name: "Tom",
      answered_by_role: "helper",
    }),
  ];
}

export function chat(mine: string): MessageView[] {
  const lines: [string, Role, string][] = [
    ["Winston", "patient", "Morning all. Did the stairs without the rail yesterday!"],
    ["Pauline", "patient", "Well done Winston. I am still holding on."],
    ["Tom", "helper", "Holding on is fine. It is not a race."],
    ["Margaret", "patient", "Can you see me all right?"],
    ["Jean", "patient", "Yes Margaret, very clear."],
  ];
  const more: Readonly<Record<number, Partial<MessageView>>> = {
    0: { reactions: { well_done: 3, made_me_smile: 1 }, my_reactions: ["well_done"] },
    1: { reply_to: "0", reply_to_name: "Winston", reply_to_text: "Morning all. Did the stairs without…" },
  };
  return lines.map(([author, role, text], at) => ({
    id: String(at),
    author,
    author_name: author,
    author_role: role,
    mine: author === mine,
    text,
    posted_at: minutesAgo(20 - at * 3),
    reactions: {},
    reply_to: null,
    reply_to_name: null,
    reply_to_text: null,
    my_reactions: [],
    hidden: false,
    held: false,
    reports: 0,
    report_reasons: [],
    reported: false,
    ...more[at],
  }));
}

export const CARD: CardView = {
  id: "card-1",
  person: null,
  title: "Someone to talk to",
  words: "Samaritans listen, at any time, day or night. You do not have to give your name.",
  phone: "116 123",
  address: "https://www.samaritans.org/",
  sent_at: minutesAgo(1),
  sent_by_name: "Hannah",
};

export function pulse(kind: PulseView["kind"], change: Partial<PulseView> = {}): PulseView {
  const poll = kind === "poll";
  return {
    id: "pulse-1",
    kind,
    text: poll ? "Which way shall we start next week?" : "How much does it hurt now?",
    options: poll ? ["Sitting", "Standing", "Lying down"] : [],
    asked_at: minutesAgo(0.5),
    closed_at: null,
    my_value: null,
    answered: 3,
    of: 7,
    shown_from: poll ? 0 : 5,
    bars: [],
    values: {},
    missing: [],
    ...change,
  };
}

export function checkIn(
  person_: string,
  state: CheckInState,
  change: Partial<CheckInView> = {},
): CheckInView {
  return {
    person: person_,
    name: person_,
    full_name: `${person_} Example`,
    state,
    together_with: null,
    ask: "Date of birth: 12 March 1955",
    phone: "07700 900142",
    place: state === "not_yet" ? "" : "12 Elm Road, Riverside",
    with_whom: "",
    emergency_name: state === "not_yet" ? "" : "Jo Example",
    emergency_phone: state === "not_yet" ? "" : "07700 900777",
    ...change,
  };
}

/** A patient who is gone without having left. */
export function lost(name: string, since: string): UnaccountedView {
  return {
    person: name,
    name,
    full_name: `${name} Example`,
    phone: "07700 900142",
    since,
    place: "12 Elm Road, Riverside",
    with_whom: "",
    emergency_name: "Jo Example",
    emergency_phone: "07700 900777",
  };
}

export function call(person_: string, kind: HelpView["kind"]): HelpView {
  return {
    id: `help-${person_}`,
    person: person_,
    name: person_,
    phone: "07700 900142",
    phones: ["07700 900142"],
    place: "12 Elm Road, Riverside",
    with_whom: "",
    emergency_name: "Jo Example",
    emergency_phone: "07700 900777",
    kind,
    called_at: minutesAgo(0.5),
    seen_at: null,
    seen_by_name: null,
    settled_at: null,
    done: null,
    done_note: "",
  };
}

export function line(
  id: string,
  level: LineView["level"],
  reason: LineView["reason"] = null,
  sound_only = false,
): LineView {
  return { id, level, reason, sound_only };
}

export function linesOnWall(): LineView[] {
  return [
    line("Dennis", "fair", "slow_up"),
    line("Jean", "poor", "losses"),
    line("Alan", "poor", "slow_down", true),
    line("Yusuf", "fair", "delay"),
  ];
}

export function classView(me: string, role: Role, change: Partial<ClassView> = {}): ClassView {
  return {
    class_id: "c",
    title: "Moving well: knees and hips",
    number: 7,
    of: 12,
    starts_at: minutesAgo(-8),
    ends_at: minutesAgo(-52),
    server_time: new Date().toISOString(),
    service_name: "Riverside MSK groups",
    service_phone: "01632 960123",
    ended: false,
    ended_unattended: false,
    here: 7,
    seats: 12,
    presenter: "Hannah",
    me: {
      id: me,
      role,
      name: me,
      place: "in_class",
      microphone_on: false,
      camera_on: true,
      muted_by_staff: false,
      seen_by_group: false,
      phone: "07700 900142",
      told: "",
      is_held: false,
      side_view: null,
      camera_stopped: false,
      aside: false,
      aside_with: null,
      hand: null,
      signal: null,
    },
    people: [HANNAH, TOM],
    questions: [],
    questions_held: false,
    chat: [],
    chat_more: false,
    chat_paused: false,
    chat_seen: null,
    chat_held: [],
    help: [],
    unaccounted: [],
    pulse: null,
    cards: [],
    ready_cards: [],
    slots: {},
    lines: [],
    check_ins: [],
    locked: false,
    spotlight: null,
    leader: "Hannah",
    undo: null,
    ...change,
  };
}
