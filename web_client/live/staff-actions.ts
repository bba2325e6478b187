/** What staff do about the class and the people in it. Views call these and nothing else. */
import { batch } from "@preact/signals";
import { attempt, WRITTEN, wordsOf } from "./actions";
import { say } from "./notices";
import type { AccountDone, AccountFor, CallAnswered, HelpDone, TurnedReason, UndoKind } from "./protocol";
import { request } from "./requests";
import { leavesGroupAlone } from "./staff-derived";
import { store } from "./store";

// ---- the class

export async function muteAll(): Promise<void> {
  await attempt(request("person:mute_all", {}, WRITTEN));
}

export async function lowerAllHands(): Promise<void> {
  await attempt(request("hand:lower_all", {}, WRITTEN));
}

/** Takes back the last "Mute all" or "Lower all hands", if it is still what the button said. */
export async function undo(kind: UndoKind): Promise<void> {
  await attempt(request("class:undo", { kind }, WRITTEN));
}

export async function lockClass(locked: boolean): Promise<void> {
  await attempt(request("class:lock", { locked }, WRITTEN));
}

/** Ten minutes more each time: not sent twice. */
export async function extendClass(): Promise<void> {
  await attempt(request("class:extend", {}));
}

/** Who of the staff is on the stage from now on. */
export async function handOver(person: string): Promise<void> {
  store.staffMoreOpen.value = false;
  await attempt(request("class:present", { person }, WRITTEN));
}

/** Gives what went wrong, or null. */
export async function endClassWith(accounts: AccountFor[], calls: CallAnswered[]): Promise<string | null> {
  return wordsOf(request("class:end", { accounts, calls }));
}

// ---- one patient

export async function stopCameraOf(person: string, stopped: boolean): Promise<void> {
  await attempt(request("person:stop_camera", { person, stopped }, WRITTEN));
}

/** Everyone sees this patient large, or nobody. */
export async function spotlight(person: string | null): Promise<void> {
  await attempt(request("stage:spotlight", { person }, WRITTEN));
}

/** Takes a patient aside; asks first where nobody of staff would hear the group meanwhile. */
export async function talkInPrivate(person: string): Promise<void> {
  if (!leavesGroupAlone(person)) return takeAside(person);
  batch(() => {
    store.askedAside.value = person;
    store.dialog.value = "aside";
  });
}

/** The picture stands large meanwhile. */
export async function takeAside(person: string): Promise<void> {
  store.selectedSeat.value = store.people.peek().get(person)?.seat ?? null;
  await attempt(request("aside:take", { person }, WRITTEN));
}

export async function endAside(): Promise<void> {
  await attempt(request("aside:end", {}, WRITTEN));
}

export async function lowerHand(person: string): Promise<void> {
  await attempt(request("hand:lower", { person }, WRITTEN));
}

/** What was to be said again has been said. */
export async function settleSignal(person: string): Promise<void> {
  await attempt(request("signal:settle", { person }, WRITTEN));
}

/** Takes somebody out of class; `text` is what they are told. Gives what went wrong, or null. */
export function removePerson(
  person: string,
  reason: TurnedReason,
  text: string,
  help: HelpDone | null,
): Promise<string | null> {
  return wordsOf(request("person:remove", { person, reason, text, done: help }, WRITTEN));
}

export async function letBack(person: string): Promise<void> {
  await attempt(request("person:let_back", { person }, WRITTEN));
}

// ---- safety

/** Has seen a call for help: its caller is told who comes, and the alarm ends on all screens. */
export async function seeHelp(help: string): Promise<void> {
  await attempt(request("help:see", { help }, WRITTEN));
}

/** Says what was done about a call for help. Gives what went wrong, or null. */
export async function settleHelpWith(
  help: string,
  done: HelpDone,
  note: string | null,
): Promise<string | null> {
  return said(await wordsOf(request("help:settle", { help, done, note }, WRITTEN)));
}

/** Says what was done about somebody who dropped out. Gives what went wrong, or null. */
export async function settleDrop(
  person: string,
  done: AccountDone,
  note: string | null,
): Promise<string | null> {
  return said(await wordsOf(request("drop:settle", { person, done, note }, WRITTEN)));
}

function said(fault: string | null): string | null {
  if (fault === null) say("Kept with this class.");
  return fault;
}

/** Closes what was opened over the wall. */
export function closePanels(): void {
  batch(() => {
    store.staffMoreOpen.value = false;
    store.pulsePanelOpen.value = false;
    store.musicPanelOpen.value = false;
    store.waitingPanelOpen.value = false;
  });
}
