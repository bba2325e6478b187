// Written by `python -m server.signalling.typescript` from server/signalling. Do not edit.
// What travels over Socket.IO; the protocol in prose is docs/protocol.md. Times are ISO 8601 in UTC.

export type AccountDone = "rang_fine" | "no_answer" | "family" | "ambulance" | "other";

export type CheckInState = "not_yet" | "ready" | "held" | "red_flag" | "allowed" | "refused";

export type HelpDone = "talked" | "rang" | "ambulance" | "family" | "other" | "fine";

export type HelpKind = "now" | "rest" | "private";

export type LineLevel = "good" | "fair" | "poor";

export type LineReason = "slow_down" | "slow_up" | "losses" | "delay" | "freezes";

export type PlaceName = "waiting" | "in_class" | "dropped" | "left";

export type PulseKind = "pain" | "effort" | "poll";

export type QuestionStateName = "waiting" | "answering" | "answered_live" | "answered_in_writing" | "set_aside";

export type QuestionTo = "physio" | "group" | "staff";

export type ReactionName = "thanks" | "well_done" | "same_here" | "made_me_smile";

export type ReportReason = "upsetting" | "unsafe" | "private" | "other";

export type Role = "physio" | "helper" | "patient";

export type SideViewName = "camera" | "screen";

export type SignalKind = "repeat" | "well_done" | "thanks" | "smile";

export type SourceName = "microphone" | "camera" | "side";

export type TurnedReason = "unwell" | "late" | "identity" | "other";

export type UndoKind = "mute_all" | "lower_hands";

/** What became of a patient who was lost. */
export interface AccountFor {
  readonly person: string;
  /** What was done, and what came of it. */
  readonly done: AccountDone;
  /** More about it, for the record. */
  readonly note?: string | null;
}

/** The physio lets somebody take part whose check-in holds them. */
export interface AllowPerson {
  readonly person: string;
  /** Why; kept with the check-in, for staff. */
  readonly text: string;
}

/** Acknowledges media:offer with the SDP answer. */
export interface AnswerAck {
  readonly ok: true;
  readonly sdp: string;
  readonly peer: string;
}

/** Answer it, or choose another answer. */
export interface AnswerPulse {
  /** Its id. */
  readonly pulse: string;
  /** 0 to 10, or the number of an option, from 0. */
  readonly value: number;
}

/**
 * Staff take up a question (answering), have answered it aloud, answer in writing (text needed) or set it
 * aside.
 */
export interface AnswerQuestion {
  readonly question: string;
  readonly state: QuestionStateName;
  readonly text?: string | null;
}

/** Show a message that was held to the group, or hide it. */
export interface ApproveMessage {
  /** The message's id. */
  readonly message: string;
  /** true: the group sees it. false: it stays hidden. */
  readonly approved: boolean;
}

/** Show a held question to the group, or set it aside unseen. */
export interface ApproveQuestion {
  readonly question: string;
  /** true: the group sees it. false: it is set aside, and nobody but staff and its asker sees it. */
  readonly approved: boolean;
  /** Why a question is taken away that the group has seen; for the record. */
  readonly reason?: ReportReason | null;
}

/** A patient's call for help: now (a fall, chest pain, dizzy, frightened), a rest, or a private word. */
export interface AskHelp {
  readonly kind: HelpKind;
}

/** Ask all patients in class how much it hurts, how hard it is, or what they choose. */
export interface AskPulse {
  readonly key: string;
  /** pain, effort: 0 to 10. poll: one of `options`. */
  readonly kind: PulseKind;
  /** The question. */
  readonly text: string;
  /** Of a poll, 2 to 6 of them; else none. */
  readonly options?: readonly string[];
}

/** A question, with the asker's name unless `anonymous`. */
export interface AskQuestion {
  readonly key: string;
  readonly text: string;
  /**
   * physio: the class sees it, staff answer. group: classmates may answer, too. staff: nobody but staff and
   * the asker ever sees it.
   */
  readonly to?: QuestionTo;
  /** true: classmates are not told who asked; staff are. */
  readonly anonymous?: boolean;
}

/** What was done about a call for help. */
export interface CallAnswered {
  readonly help: string;
  /** What was done. */
  readonly done: HelpDone;
  /** More about it, for the record. */
  readonly note?: string | null;
}

/** A card that staff have sent; it stays on the patient's own page. */
export interface CardView {
  readonly id: string;
  /** Person id of whom it is for; null: everyone. */
  readonly person: string | null;
  /** What it is, in a few words. */
  readonly title: string;
  /** What it is good for. */
  readonly words: string;
  /** Whom to ring; empty when there is no number. */
  readonly phone: string;
  /** The address of a page, http or https; empty when there is none. */
  readonly address: string;
  /** When it was sent. */
  readonly sent_at: string;
  /** Who sent it. */
  readonly sent_by_name: string;
}

/** How the channel is set. */
export interface ChatStateView {
  /** Nobody but staff writes for now. */
  readonly paused: boolean;
  /** Staff only: person ids of those whose messages wait for approval. */
  readonly held: readonly string[];
  /** The latest message that this viewer has read, on any device. */
  readonly seen: string | null;
}

/**
 * Staff only: how far a patient of the course is with the check-in before this class, in class or not.
 *
 * held: new symptoms, the physio decides. red_flag: was told to get help at once. allowed, refused: decided.
 * Nobody is let in but who is ready or allowed. What the symptoms are does not stand here.
 */
export interface CheckInView {
  readonly person: string;
  readonly name: string;
  readonly full_name: string;
  readonly state: CheckInState;
  /** Person id of the patient who sits in front of the same device: both must be ready or allowed. */
  readonly together_with: string | null;
  /** What to ask aloud before this person is let in, and the right answer. */
  readonly ask: string;
  /** To ring today. */
  readonly phone: string;
  /** Where the patient is today; empty when not told yet. */
  readonly place: string;
  /** Who is with the patient; empty: nobody, or not told yet. */
  readonly with_whom: string;
  readonly emergency_name: string;
  readonly emergency_phone: string;
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
  /** The server ended it, because no staff had been in it for 15 minutes. */
  readonly ended_unattended: boolean;
  /** How many people are in class or in the waiting room. */
  readonly here: number;
  /** How many patients are on the course list. */
  readonly seats: number;
  /** Person id of who is on everyone's stage. */
  readonly presenter: string | null;
  readonly me: MeView;
  readonly people: readonly PersonView[];
  readonly questions: readonly QuestionView[];
  /** Staff read what is asked before the group sees it. */
  readonly questions_held: boolean;
  readonly chat: readonly MessageView[];
  /** Whether the channel has earlier messages than `chat`: `chat:earlier` fetches them. */
  readonly chat_more: boolean;
  /** Nobody but staff writes for now. */
  readonly chat_paused: boolean;
  /** The latest message that this viewer has read, on any device. */
  readonly chat_seen: string | null;
  /** Staff only: person ids of those whose messages wait for approval. */
  readonly chat_held: readonly string[];
  readonly help: readonly HelpView[];
  /** Staff in class only: of whom `class:end` asks what became of them. */
  readonly unaccounted: readonly UnaccountedView[];
  /** What staff last asked everyone at once. */
  readonly pulse: PulseView | null;
  /** The cards of this class: staff get all, a patient those for her and for everyone. */
  readonly cards: readonly CardView[];
  /** Staff in class only. */
  readonly ready_cards: readonly ReadyCardView[];
  readonly slots: Readonly<Record<string, string>>;
  /** Of whose line the viewer is told and whose is not good. */
  readonly lines: readonly LineView[];
  /** Staff in class only: of all patients of the course; empty where nobody checks in before class. */
  readonly check_ins: readonly CheckInView[];
  /** Nobody new gets in; whoever was here before comes back. */
  readonly locked: boolean;
  /** Person id of the patient whom everyone sees large beside the presenter. */
  readonly spotlight: string | null;
  /** Person id of who leads the class now, as in `FloorView`. */
  readonly leader: string | null;
  /** Staff in class only: what `class:undo` would undo. */
  readonly undo: UndoView | null;
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

/** Ask for up to 100 messages of the channel before this one. */
export interface EarlierMessages {
  /** The earliest message that the page has. */
  readonly before: string;
}

/** The asker puts it in other words, within two minutes and while it waits. */
export interface EditQuestion {
  readonly question: string;
  readonly text: string;
}

/** End the class for everyone. */
export interface EndClass {
  /** What became of each of `ClassView.unaccounted` of whom nobody has said so yet. */
  readonly accounts?: readonly AccountFor[];
  /** What was done about each open call of the kind `now`. */
  readonly calls?: readonly CallAnswered[];
}

/** Why a request was not done. `words` are for the person; `reference` is set when it was our fault. */
export interface ErrorView {
  readonly code: string;
  readonly words: string;
  readonly reference: string | null;
  /** For the author of a client: which part of the contract the request broke. */
  readonly detail: string | null;
}

/** How the class is led now, sent whenever any of it changes; as in ClassView. */
export interface FloorView {
  /** Nobody new gets in; whoever was here before comes back. */
  readonly locked: boolean;
  /** Person id of the patient whom everyone sees large beside the presenter. */
  readonly spotlight: string | null;
  /**
   * Person id of who leads the class now: the lead physio, another physio, else the helper, of those in
   * class.
   */
  readonly leader: string | null;
  /** Person id of who is on everyone's stage; null while none of the staff is there for the group. */
  readonly presenter: string | null;
  /** By the timetable, or later, where staff have extended the class. */
  readonly ends_at: string;
  /** Staff only. */
  readonly undo: UndoView | null;
}

/** A call for help: shown to staff and to the caller. */
export interface HelpView {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  /** Staff only: the number to ring first. */
  readonly phone: string | null;
  /** Staff only: all numbers of this person, that of today first. */
  readonly phones: readonly string[];
  /** Staff only: where the patient is today; empty when it is not known. */
  readonly place: string;
  /** Staff only: who is with the patient; empty: nobody, or not known. */
  readonly with_whom: string;
  /** Staff only: whom to ring in an emergency. */
  readonly emergency_name: string;
  /** Staff only: on which number. */
  readonly emergency_phone: string;
  readonly kind: HelpKind;
  readonly called_at: string;
  /** When staff said that they saw it; null while nobody has. */
  readonly seen_at: string | null;
  /** Who that was. */
  readonly seen_by_name: string | null;
  readonly settled_at: string | null;
  /** Staff only: what was done; null while it is open, and when the caller settled it. */
  readonly done: HelpDone | null;
  /** Staff only: what staff wrote about it. */
  readonly done_note: string;
}

/** How many people are in class or in the waiting room, and who presents. */
export interface HereView {
  readonly here: number;
  readonly presenter: string | null;
}

/** Staff hide a message from the group, or show it again. It is kept, for the record. */
export interface HideMessage {
  /** The message's id. */
  readonly message: string;
  /** Why; for the record. */
  readonly reason: ReportReason;
  /** true: hide. false: show again. */
  readonly hidden: boolean;
}

/** Staff hide a reply to a question from the group, or show it again. It is kept, for the record. */
export interface HideReply {
  readonly question: string;
  /** The reply's id. */
  readonly reply: string;
  /** Why; for the record. */
  readonly reason: ReportReason;
  /** true: hide. false: show again. */
  readonly hidden: boolean;
}

/** What this patient writes waits for staff's approval from now on, or no more. */
export interface HoldPerson {
  readonly person: string;
  /** true: hold. false: no more. */
  readonly held: boolean;
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

/** Lock the class, or open it again. */
export interface LockClass {
  /** true: nobody new gets in. */
  readonly locked: boolean;
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
  /** What staff last wrote to this person while waiting; empty when nothing. */
  readonly told: string;
  /** New symptoms: the physio talks to this person, and to who shares the device, before they take part. */
  readonly is_held: boolean;
  /** Staff: what one shows beside the own picture; null: nothing. */
  readonly side_view: SideViewName | null;
  /** Staff have stopped the camera: nothing of it goes to anybody, and it cannot be switched on. */
  readonly camera_stopped: boolean;
  /** In a side room with one of staff: these two see and hear each other, and nobody else. */
  readonly aside: boolean;
  /** Person id of the other in the side room. */
  readonly aside_with: string | null;
  /** The place of one's raised hand among those raised, from 1; null: it is down. */
  readonly hand: number | null;
  /** The last short sign one gave. */
  readonly signal: SignalView | null;
}

/** Put a question that was asked already with the earlier one: it is answered with that one. */
export interface MergeQuestion {
  readonly question: string;
  /** The question that stays. */
  readonly into: string;
}

/** A chat message as this viewer sees it. */
export interface MessageView {
  readonly id: string;
  readonly author: string;
  readonly author_name: string;
  readonly author_role: Role;
  readonly mine: boolean;
  /** Empty when staff have hidden it, for everyone but staff. */
  readonly text: string;
  readonly posted_at: string;
  /** How many chose each reaction; those that nobody chose are left out. */
  readonly reactions: Readonly<Record<string, number>>;
  /** The message that it answers. */
  readonly reply_to: string | null;
  /** Who wrote that one. */
  readonly reply_to_name: string | null;
  /** How that one begins; empty when it is hidden. */
  readonly reply_to_text: string | null;
  /** This viewer's own. */
  readonly my_reactions: readonly ReactionName[];
  /** Staff have hidden it: say so in its place. */
  readonly hidden: boolean;
  /** Waits for staff's approval: sent to staff and the author only. */
  readonly held: boolean;
  /** Staff only: how many people reported it. */
  readonly reports: number;
  /** Staff only: why, each reason once. */
  readonly report_reasons: readonly ReportReason[];
  /** By this viewer. */
  readonly reported: boolean;
}

/** Acknowledges chat:earlier. */
export interface MessagesAck {
  readonly ok: true;
  /** Oldest first. */
  readonly messages: readonly MessageView[];
  /** Whether there are earlier ones still. */
  readonly more: boolean;
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
  /** By mid, the m-lines on which it sends; `side` is for staff: a second camera, or the screen. */
  readonly sources: Readonly<Record<string, SourceName>>;
  /** By mid, the receive-only m-lines and the slot each stands for. */
  readonly slots: Readonly<Record<string, string>>;
}

/** What the person has switched on. Off means that nothing is sent. */
export interface OwnMedia {
  readonly microphone_on: boolean;
  readonly camera_on: boolean;
  /** Staff only: what is shown beside the own picture; null: nothing. */
  readonly side_view?: SideViewName | null;
  /** The page showed a side room. Once that is over, the microphone stays off. */
  readonly aside?: boolean;
}

/** How large each picture slot is shown on this page, told on each change. */
export interface OwnView {
  /** The `peer` of the last media:offer's acknowledgement. */
  readonly peer: string;
  /** Slot name to the height of its picture in device pixels; 0 or left out: it cannot be seen. */
  readonly slots: Readonly<Record<string, number>>;
  /** The person chose to get no pictures; staff are told. A hidden page only leaves out its slots. */
  readonly sound_only?: boolean;
}

/** Nobody but staff writes for a while, or everybody again. */
export interface PauseChat {
  /** true: nobody but staff writes. false: everybody again. */
  readonly paused: boolean;
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
  /** What this member of staff shows beside her own picture, in the slot `side`; null: nothing. */
  readonly side_view: SideViewName | null;
  /** Staff only: staff have stopped this person's camera. */
  readonly camera_stopped: boolean;
  /** In a side room: neither seen nor heard by anybody else. */
  readonly aside: boolean;
  /** Staff only: person id of the other in the side room. */
  readonly aside_with: string | null;
  /** Staff only: taken out of class by staff, and not let back. `place` is left then. */
  readonly removed: boolean;
  /** Staff only: has chosen to get no pictures. */
  readonly sound_only: boolean;
  /** The place of the raised hand among those raised, from 1; null: it is down. */
  readonly hand: number | null;
  /** The last short sign this person gave. */
  readonly signal: SignalView | null;
  /** Staff only: this person has dropped out, and staff have said what they did about it. */
  readonly drop_settled: boolean;
}

/** Keep a question at the top, or let go of it. */
export interface PinQuestion {
  readonly question: string;
  /** true: keep it at the top. */
  readonly pinned: boolean;
}

/** A chat message to the group. */
export interface PostMessage {
  readonly key: string;
  readonly text: string;
  /** The message that it answers. */
  readonly reply_to?: string | null;
}

/** How much it hurts or how hard it is (0 to 10), or a poll, as this viewer may see it. */
export interface PulseView {
  readonly id: string;
  /** pain, effort: 0 to 10. poll: one of `options`. */
  readonly kind: PulseKind;
  /** The question. */
  readonly text: string;
  /** Of a poll; else empty. */
  readonly options: readonly string[];
  readonly asked_at: string;
  /** null: it can be answered. */
  readonly closed_at: string | null;
  /** What this viewer has answered: 0 to 10, or the number of an option, from 0. */
  readonly my_value: number | null;
  /** How many have answered. */
  readonly answered: number;
  /** How many are asked: the patients who are in class, and those who have answered. */
  readonly of: number;
  /** With how many answers patients get `bars`: 0 for a poll. */
  readonly shown_from: number;
  /**
   * How many chose 0, 1, ... 10, or each option. For patients empty until it is closed, and then, too, if
   * fewer than `shown_from` answered.
   */
  readonly bars: readonly number[];
  /** Staff only: who answered what, by person id. */
  readonly values: Readonly<Record<string, number>>;
  /** Staff only: person ids of the patients in class who have not answered. */
  readonly missing: readonly string[];
}

/** A question that this viewer is not shown any more. */
export interface QuestionGoneView {
  readonly id: string;
}

/** A question as this viewer sees it. One that is held or to staff goes to staff and its asker only. */
export interface QuestionView {
  readonly id: string;
  /** Person id; empty for classmates when it was asked without a name. */
  readonly asker: string;
  readonly asker_name: string;
  readonly mine: boolean;
  readonly text: string;
  readonly state: QuestionStateName;
  readonly asked_at: string;
  readonly votes: number;
  /** By this viewer. */
  readonly voted: boolean;
  /** The viewer asked, or voted for, one that is answered with this one: she has no vote to change. */
  readonly vote_stays: boolean;
  readonly answer: string | null;
  readonly answered_by_name: string | null;
  readonly answered_by_role: Role | null;
  /** Who may see it and answer; as in AskQuestion. */
  readonly to: QuestionTo;
  /** Classmates are not told who asked. */
  readonly anonymous: boolean;
  /** Waits for staff's approval. */
  readonly held: boolean;
  /** Staff keep it at the top. */
  readonly pinned: boolean;
  /** The question it is answered with; show it there. */
  readonly merged_into: string | null;
  /** How many others are answered with this one. */
  readonly merged: number;
  /** In writing, in order. */
  readonly replies: readonly ReplyView[];
  /** When the asker last put it in other words. */
  readonly edited_at: string | null;
  /** For the asker: until when the text can be changed; null when it cannot. */
  readonly editable_until: string | null;
  /** Asked for an earlier class of the course and not answered there. */
  readonly carried: boolean;
  /** Who owes the answer to a question that was carried over. */
  readonly owed_by_name: string | null;
  /** Staff only: how many people reported it. */
  readonly reports: number;
  /** Staff only: why, each reason once. */
  readonly report_reasons: readonly ReportReason[];
  /** By this viewer. */
  readonly reported: boolean;
}

/** A patient raises her hand, or takes it down. */
export interface RaiseHand {
  /** true: raise. false: take down. */
  readonly raised: boolean;
}

/** React to a message, or take it back. */
export interface ReactToMessage {
  /** The message's id. */
  readonly message: string;
  /** Which. */
  readonly reaction: ReactionName;
  /** true: react. false: take it back. */
  readonly on: boolean;
}

/** Staff only: a card that can be sent as it is. */
export interface ReadyCardView {
  /** What it is, in a few words. */
  readonly title: string;
  /** What it is good for. */
  readonly words: string;
  /** Whom to ring; empty when there is no number. */
  readonly phone: string;
  /** The address of a page; empty when there is none. */
  readonly address: string;
}

/** A request that was not done. */
export interface RefusedAck {
  readonly ok: false;
  readonly error: ErrorView;
}

/** Take somebody out of class. She cannot come again until staff let her back. */
export interface RemovePerson {
  readonly person: string;
  /** Why; for the record. */
  readonly reason: TurnedReason;
  /** What the person is told. */
  readonly text: string;
  /** What was done about her calls for help that are open; needed while there is one (`open_call`). */
  readonly done?: HelpDone | null;
  /** More about that, for the record. */
  readonly note?: string | null;
}

/** A reply in writing: from anyone in class to a question to the group, from staff to any. */
export interface ReplyToQuestion {
  readonly key: string;
  readonly question: string;
  /** The reply. */
  readonly text: string;
}

/** A reply to a question. */
export interface ReplyView {
  readonly id: string;
  readonly author_name: string;
  readonly author_role: Role;
  /** Written by this viewer. */
  readonly mine: boolean;
  /** Empty when staff have hidden it, for everyone but staff. */
  readonly text: string;
  readonly posted_at: string;
  /** Staff have hidden it: say so in its place. */
  readonly hidden: boolean;
  /** Staff only: how many people reported it. */
  readonly reports: number;
  /** Staff only: why, each reason once. */
  readonly report_reasons: readonly ReportReason[];
  /** By this viewer. */
  readonly reported: boolean;
}

/** Tell staff of a message that should not be there. Nobody else learns of it. */
export interface ReportMessage {
  /** The message's id. */
  readonly message: string;
  /** Why. */
  readonly reason: ReportReason;
}

/** Tell staff of a question, or of a reply to it, that should not be there. Nobody else learns of it. */
export interface ReportQuestion {
  readonly question: string;
  /** The reply's id; null: it is the question itself. */
  readonly reply?: string | null;
  /** Why. */
  readonly reason: ReportReason;
}

/** Acknowledges media:restart with the server's fresh credentials, for the remote description. */
export interface RestartedAck {
  readonly ok: true;
  readonly ufrag: string;
  readonly pwd: string;
}

/** Staff have seen the call: the caller is told who comes, and the alarm ends. */
export interface SeeHelp {
  /** The call's id. */
  readonly help: string;
}

/** The person has read this far; so it is on all their devices. */
export interface SeenMessages {
  /** The latest message that was on the screen. */
  readonly up_to: string;
}

/** Give a patient, or all of the course, a card with where else there is help. */
export interface SendCard {
  readonly key: string;
  /** Whom it is for, a patient of this course; null: everyone. */
  readonly person: string | null;
  /** What it is, in a few words. */
  readonly title: string;
  /** What it is good for. */
  readonly words: string;
  /** Whom to ring: digits and spaces; empty when there is no number. */
  readonly phone: string;
  /** The address of a page, http or https; empty when there is none. */
  readonly address: string;
}

/** A patient gives a short sign, in place of the one before. */
export interface SendSignal {
  /** Which. */
  readonly kind: SignalKind;
}

/** The call is settled: by the caller ("I am all right now") or by staff. */
export interface SettleHelp {
  readonly help: string;
  /** By staff: what was done, without which they are refused (`what_was_done`). The caller sends none. */
  readonly done?: HelpDone | null;
  /** By staff, with `done`: more about it, for the record. */
  readonly note?: string | null;
}

/** Whether classmates get the own picture, as long as the camera is on. */
export interface ShowMe {
  /** false: staff only. When that is acknowledged, nothing more of it goes to classmates. */
  readonly to_group: boolean;
}

/** Sent without content: the event's name says it all. */
export type Signal = Readonly<Record<string, never>>;

/** A short sign of a patient. All but `repeat` are over by themselves, after 15 s on the page. */
export interface SignalView {
  /** `repeat` (please repeat) stands until staff settle it. */
  readonly kind: SignalKind;
  /** When it was given. */
  readonly at: string;
}

/** Who is in each of this viewer's slots now; slots that carry nothing are left out. */
export interface SlotsView {
  /** Slot name to person id. */
  readonly slots: Readonly<Record<string, string>>;
}

/** Show a patient large to everyone. Only one who has chosen to be seen by the group. */
export interface Spotlight {
  /** null: nobody any more. */
  readonly person: string | null;
}

/** Stop a patient's camera, or let her switch it on again. Nothing of it goes to anybody meanwhile. */
export interface StopCamera {
  readonly person: string;
  /** true: stop. false: the person may switch it on again. */
  readonly stopped: boolean;
}

/** A short message to one who waits. */
export interface TellPerson {
  readonly person: string;
  readonly text: string;
}

/** Do not let in one who waits. */
export interface TurnAwayPerson {
  readonly person: string;
  readonly reason: TurnedReason;
  /** What the person is told. */
  readonly text: string;
  /** What was done about her calls for help that are open; needed while there is one (`open_call`). */
  readonly done?: HelpDone | null;
  /** More about that, for the record. */
  readonly note?: string | null;
}

/** Staff did not let this person in: stop, and do not come again by itself. */
export interface TurnedAwayView {
  readonly words: string;
  /** The service's number. */
  readonly phone: string;
}

/** Staff only: all of them now; the class ends when there is an account of each. */
export interface UnaccountedPeopleView {
  /** The longest lost first. */
  readonly people: readonly UnaccountedView[];
}

/**
 * Staff only: a patient who was in class today, is gone without having left, and of whom nobody has said
 * what became of her.
 */
export interface UnaccountedView {
  readonly person: string;
  /** First or chosen name. */
  readonly name: string;
  /** For staff. */
  readonly full_name: string;
  /** The number to ring first; empty when there is none. */
  readonly phone: string;
  /** When she was lost. */
  readonly since: string;
  /** Where she is today; empty when it is not known. */
  readonly place: string;
  /** Who is with her; empty: nobody, or not known. */
  readonly with_whom: string;
  /** Whom to ring in an emergency. */
  readonly emergency_name: string;
  /** On which number. */
  readonly emergency_phone: string;
}

/** Take back what was done last to many at once. */
export interface UndoLast {
  /** What the person saw that could be undone: refused (`nothing_to_undo`) if it is another thing by now. */
  readonly kind?: UndoKind | null;
}

/** Staff only: what `class:undo` would undo. */
export interface UndoView {
  /** What was done. */
  readonly kind: UndoKind;
  /** For how many people it was done. */
  readonly people: number;
  /** It can be undone until then. */
  readonly until: string;
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

/** A question to everyone. */
export interface WhichPulse {
  /** Its id. */
  readonly pulse: string;
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
  "person:admit_ready": { request: Nothing; ack: DoneAck | RefusedAck };
  "person:allow": { request: AllowPerson; ack: DoneAck | RefusedAck };
  "person:refuse": { request: TurnAwayPerson; ack: DoneAck | RefusedAck };
  "person:message": { request: TellPerson; ack: DoneAck | RefusedAck };
  "person:mute": { request: MutePerson; ack: DoneAck | RefusedAck };
  "person:mute_all": { request: Nothing; ack: DoneAck | RefusedAck };
  "class:undo": { request: UndoLast; ack: DoneAck | RefusedAck };
  "class:lock": { request: LockClass; ack: DoneAck | RefusedAck };
  "class:extend": { request: Nothing; ack: DoneAck | RefusedAck };
  "class:present": { request: WhichPerson; ack: DoneAck | RefusedAck };
  "stage:spotlight": { request: Spotlight; ack: DoneAck | RefusedAck };
  "me:show": { request: ShowMe; ack: DoneAck | RefusedAck };
  "person:stop_camera": { request: StopCamera; ack: DoneAck | RefusedAck };
  "aside:take": { request: WhichPerson; ack: DoneAck | RefusedAck };
  "aside:end": { request: Nothing; ack: DoneAck | RefusedAck };
  "person:remove": { request: RemovePerson; ack: DoneAck | RefusedAck };
  "person:let_back": { request: WhichPerson; ack: DoneAck | RefusedAck };
  "class:leave": { request: Nothing; ack: DoneAck | RefusedAck };
  "class:end": { request: EndClass; ack: DoneAck | RefusedAck };
  "question:ask": { request: AskQuestion; ack: DoneAck | RefusedAck };
  "question:edit": { request: EditQuestion; ack: DoneAck | RefusedAck };
  "question:vote": { request: VoteQuestion; ack: DoneAck | RefusedAck };
  "question:answer": { request: AnswerQuestion; ack: DoneAck | RefusedAck };
  "question:reply": { request: ReplyToQuestion; ack: DoneAck | RefusedAck };
  "question:pin": { request: PinQuestion; ack: DoneAck | RefusedAck };
  "question:merge": { request: MergeQuestion; ack: DoneAck | RefusedAck };
  "question:approve": { request: ApproveQuestion; ack: DoneAck | RefusedAck };
  "question:report": { request: ReportQuestion; ack: DoneAck | RefusedAck };
  "question:hide_reply": { request: HideReply; ack: DoneAck | RefusedAck };
  "chat:post": { request: PostMessage; ack: DoneAck | RefusedAck };
  "chat:react": { request: ReactToMessage; ack: DoneAck | RefusedAck };
  "chat:report": { request: ReportMessage; ack: DoneAck | RefusedAck };
  "chat:hide": { request: HideMessage; ack: DoneAck | RefusedAck };
  "chat:pause": { request: PauseChat; ack: DoneAck | RefusedAck };
  "chat:hold": { request: HoldPerson; ack: DoneAck | RefusedAck };
  "chat:approve": { request: ApproveMessage; ack: DoneAck | RefusedAck };
  "chat:seen": { request: SeenMessages; ack: DoneAck | RefusedAck };
  "chat:earlier": { request: EarlierMessages; ack: MessagesAck | RefusedAck };
  "help:ask": { request: AskHelp; ack: DoneAck | RefusedAck };
  "help:see": { request: SeeHelp; ack: DoneAck | RefusedAck };
  "help:settle": { request: SettleHelp; ack: DoneAck | RefusedAck };
  "hand:raise": { request: RaiseHand; ack: DoneAck | RefusedAck };
  "hand:lower": { request: WhichPerson; ack: DoneAck | RefusedAck };
  "hand:lower_all": { request: Nothing; ack: DoneAck | RefusedAck };
  "signal:send": { request: SendSignal; ack: DoneAck | RefusedAck };
  "signal:settle": { request: WhichPerson; ack: DoneAck | RefusedAck };
  "pulse:ask": { request: AskPulse; ack: DoneAck | RefusedAck };
  "pulse:answer": { request: AnswerPulse; ack: DoneAck | RefusedAck };
  "pulse:close": { request: WhichPulse; ack: DoneAck | RefusedAck };
  "card:send": { request: SendCard; ack: DoneAck | RefusedAck };
  "drop:settle": { request: AccountFor; ack: DoneAck | RefusedAck };
}

/** What the server sends, unacknowledged. */
export interface ServerEvents {
  class: ClassView;
  me: MeView;
  person: PersonView;
  person_left: PersonLeftView;
  here: HereView;
  floor: FloorView;
  check_in: CheckInView;
  turned_away: TurnedAwayView;
  question: QuestionView;
  question_gone: QuestionGoneView;
  message: MessageView;
  chat: ChatStateView;
  help: HelpView;
  unaccounted: UnaccountedPeopleView;
  pulse: PulseView;
  card: CardView;
  slots: SlotsView;
  line: LineView;
  layers: LayersView;
  media_restart: Signal;
  replaced: Signal;
  going_away: Signal;
}
