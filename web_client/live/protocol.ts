// Written by `python -m server.signalling.typescript` from server/signalling. Do not edit.
// What travels over Socket.IO; the protocol in prose is docs/protocol.md. Times are ISO 8601 in UTC.

export type HelpKind = "now" | "rest" | "private";

export type LineLevel = "good" | "fair" | "poor";

export type LineReason = "slow_down" | "slow_up" | "losses" | "delay" | "freezes";

export type PlaceName = "waiting" | "in_class" | "dropped" | "left";

export type QuestionStateName = "waiting" | "answering" | "answered_live" | "answered_in_writing";

export type Role = "physio" | "helper" | "patient";

/** Acknowledges media:offer with the SDP answer. */
export interface AnswerAck {
  readonly ok: true;
  readonly sdp: string;
  readonly peer: string;
}

/** Staff take up a question (answering), have answered it aloud, or answer in writing (text needed). */
export interface AnswerQuestion {
  readonly question: string;
  readonly state: QuestionStateName;
  readonly text?: string | null;
}

/** A patient's call for help: now (a fall, chest pain, dizzy, frightened), a rest, or a private word. */
export interface AskHelp {
  readonly kind: HelpKind;
}

/** A question to the physio, seen by the class with the asker's name. */
export interface AskQuestion {
  readonly key: string;
  readonly text: string;
}

/**
 * The whole class as this viewer may see it: sent on joining and whenever that changes at one stroke.
 *
 * While `me.place` is waiting or left, `people` holds staff only, and questions and chat are empty.
 * `people` are the others; oneself is `me`.
 */
export interface ClassView {
  readonly class_id: string;
  readonly title: string;
  readonly number: number;
  readonly of: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly server_time: string;
  readonly service_name: string;
  readonly service_phone: string;
  readonly ended: boolean;
  /** How many people are in class or in the waiting room. */
  readonly here: number;
  /** How many patients are on the course list. */
  readonly seats: number;
  /** Person id of who is on everyone's stage. */
  readonly presenter: string | null;
  readonly me: MeView;
  readonly people: readonly PersonView[];
  readonly questions: readonly QuestionView[];
  readonly chat: readonly MessageView[];
  readonly help: readonly HelpView[];
  readonly slots: Readonly<Record<string, string>>;
  /** Of whose line the viewer is told and whose is not good. */
  readonly lines: readonly LineView[];
}

/** The `auth` of the Socket.IO connection: which personal link this page was opened from. */
export interface ConnectAuth {
  readonly link: string;
}

/** Acknowledges a request; `id` names what was made (question, message, help call). */
export interface DoneAck {
  readonly ok: true;
  readonly id: string | null;
}

/** Why a request was not done. `words` are for the person; `reference` is set when it was our fault. */
export interface ErrorView {
  readonly code: string;
  readonly words: string;
  readonly reference: string | null;
  /** For the author of a client: which part of the contract the request broke. */
  readonly detail: string | null;
}

/** A call for help: shown to staff and to the caller. */
export interface HelpView {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  /** Staff only: the number to ring. */
  readonly phone: string | null;
  readonly kind: HelpKind;
  readonly called_at: string;
  readonly settled_at: string | null;
}

/** How many people are in class or in the waiting room, and who presents. */
export interface HereView {
  readonly here: number;
  readonly presenter: string | null;
}

/** How sound and picture have played in the last seconds, told about every 5 s while media flow. */
export interface HowItPlays {
  /** The time this is about. */
  readonly over_ms: number;
  /** For how much of it the stage stood still, beyond what its frame rate explains. */
  readonly frozen_ms: number;
  /** How much of the stage's sound was made up by the browser, because it had not come. */
  readonly concealed_ms: number;
}

/** Come in, or come back after the connection was lost. */
export interface JoinClass {
  /** The `peer` of the last media:offer's acknowledgement, if its media still flow; else null. */
  readonly peer?: string | null;
  /** Chosen at random, once for each browser tab. Without it every socket counts as a device of its own. */
  readonly device?: string | null;
  /** true: come in also when this person is in class on another device, which is let go then. */
  readonly take_over?: boolean;
}

/** Acknowledges class:join. */
export interface JoinedAck {
  readonly ok: true;
  readonly view: ClassView;
  /** kept: the media connection named in the request goes on. needed: send a media:offer. */
  readonly media: "kept" | "needed";
}

/** Which layers of the own camera anybody takes now: the others need not be sent. */
export interface LayersView {
  readonly peer: string;
  readonly camera: readonly ("l" | "m" | "h")[];
}

/**
 * How somebody's connection is, in three levels: told to the person herself, and to staff in class.
 *
 * slow_down: too slow for the pictures this person would see. slow_up: what she sends suffers. losses: much
 * gets lost on the way. delay: long on the way. freezes: the picture stood still.
 */
export interface LineView {
  readonly id: string;
  readonly level: LineLevel;
  /** What is worst; null when the level is good. */
  readonly reason: LineReason | null;
  /** No picture gets through to this person for now; sound does. */
  readonly sound_only: boolean;
}

/** The person at this browser. */
export interface MeView {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  readonly place: PlaceName;
  readonly microphone_on: boolean;
  readonly camera_on: boolean;
  readonly muted_by_staff: boolean;
  readonly seen_by_group: boolean;
  /** The number on which staff would ring this person; empty when there is none. */
  readonly phone: string;
}

/** A chat message. */
export interface MessageView {
  readonly id: string;
  readonly author: string;
  readonly author_name: string;
  readonly author_role: Role;
  readonly mine: boolean;
  readonly text: string;
  readonly posted_at: string;
}

/** Withhold a patient's sound from the group, or give it back. Staff go on hearing. */
export interface MutePerson {
  readonly person: string;
  readonly muted: boolean;
}

/** The browser has restarted ICE (RFC 8445, section 9), as when it changes its network. */
export interface NewIce {
  readonly peer: string;
  readonly ufrag: string;
  readonly pwd: string;
}

/** A request without parameters. */
export type Nothing = Readonly<Record<string, never>>;

/** The browser's one SDP offer, and which of its m-lines is what. */
export interface Offer {
  readonly sdp: string;
  /** By mid, the m-lines on which it sends. */
  readonly sources: Readonly<Record<string, "microphone" | "camera">>;
  /** By mid, the receive-only m-lines and the slot each stands for. */
  readonly slots: Readonly<Record<string, string>>;
}

/** What the person has switched on. Off means that nothing is sent. */
export interface OwnMedia {
  readonly microphone_on: boolean;
  readonly camera_on: boolean;
}

/** How large each picture slot is shown on this page, told on each change. */
export interface OwnView {
  /** The `peer` of the last media:offer's acknowledgement. */
  readonly peer: string;
  /** Slot name to the height of its picture in device pixels; 0 or left out: it cannot be seen. */
  readonly slots: Readonly<Record<string, number>>;
  /** The person wants no pictures, or the page is hidden. */
  readonly sound_only?: boolean;
}

/** A person is no longer in class or waiting. */
export interface PersonLeftView {
  readonly id: string;
}

/** Someone in class or waiting, as this viewer may see them. */
export interface PersonView {
  readonly id: string;
  readonly role: Role;
  /** First or chosen name. */
  readonly name: string;
  /** Staff only. */
  readonly full_name: string | null;
  /** Staff only, of patients. */
  readonly phone: string | null;
  /** 0 to 15 for patients. */
  readonly seat: number | null;
  readonly place: PlaceName;
  readonly place_since: string;
  readonly microphone_on: boolean;
  readonly camera_on: boolean;
  readonly muted_by_staff: boolean;
  readonly seen_by_group: boolean;
  /** Staff only: this person asks to come in on another device, and is in class on this one. */
  readonly other_device: boolean;
}

/** A chat message to the group. */
export interface PostMessage {
  readonly key: string;
  readonly text: string;
}

/** A question as this viewer sees it. */
export interface QuestionView {
  readonly id: string;
  /** Person id. */
  readonly asker: string;
  readonly asker_name: string;
  readonly mine: boolean;
  readonly text: string;
  readonly state: QuestionStateName;
  readonly asked_at: string;
  readonly votes: number;
  /** By this viewer. */
  readonly voted: boolean;
  readonly answer: string | null;
  readonly answered_by_name: string | null;
  readonly answered_by_role: Role | null;
}

/** A request that was not done. */
export interface RefusedAck {
  readonly ok: false;
  readonly error: ErrorView;
}

/** Acknowledges media:restart with the server's fresh credentials, for the remote description. */
export interface RestartedAck {
  readonly ok: true;
  readonly ufrag: string;
  readonly pwd: string;
}

/** The call is settled: by the caller ("I am all right now") or by staff. */
export interface SettleHelp {
  readonly help: string;
}

/** Sent without content: the event's name says it all. */
export type Signal = Readonly<Record<string, never>>;

/** Who is in each of this viewer's slots now; slots that carry nothing are left out. */
export interface SlotsView {
  /** Slot name to person id. */
  readonly slots: Readonly<Record<string, string>>;
}

/** Vote for a question, or take the vote back. */
export interface VoteQuestion {
  readonly question: string;
  readonly up: boolean;
}

/** A person in this class. */
export interface WhichPerson {
  readonly person: string;
}

/** What a client sends, and how it is acknowledged. */
export interface ClientEvents {
  "class:join": { request: JoinClass; ack: JoinedAck | RefusedAck };
  "media:offer": { request: Offer; ack: AnswerAck | RefusedAck };
  "media:set": { request: OwnMedia; ack: DoneAck | RefusedAck };
  "media:view": { request: OwnView; ack: DoneAck | RefusedAck };
  "media:restart": { request: NewIce; ack: RestartedAck | RefusedAck };
  "media:plays": { request: HowItPlays; ack: DoneAck | RefusedAck };
  "person:admit": { request: WhichPerson; ack: DoneAck | RefusedAck };
  "person:mute": { request: MutePerson; ack: DoneAck | RefusedAck };
  "class:leave": { request: Nothing; ack: DoneAck | RefusedAck };
  "class:end": { request: Nothing; ack: DoneAck | RefusedAck };
  "question:ask": { request: AskQuestion; ack: DoneAck | RefusedAck };
  "question:vote": { request: VoteQuestion; ack: DoneAck | RefusedAck };
  "question:answer": { request: AnswerQuestion; ack: DoneAck | RefusedAck };
  "chat:post": { request: PostMessage; ack: DoneAck | RefusedAck };
  "help:ask": { request: AskHelp; ack: DoneAck | RefusedAck };
  "help:settle": { request: SettleHelp; ack: DoneAck | RefusedAck };
}

/** What the server sends, unacknowledged. */
export interface ServerEvents {
  class: ClassView;
  me: MeView;
  person: PersonView;
  person_left: PersonLeftView;
  here: HereView;
  question: QuestionView;
  message: MessageView;
  help: HelpView;
  slots: SlotsView;
  line: LineView;
  layers: LayersView;
  media_restart: Signal;
  replaced: Signal;
  going_away: Signal;
}
