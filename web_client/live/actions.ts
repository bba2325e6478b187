/** What a person can do on the page. Views call these and nothing else. */
import { batch } from "@preact/signals";
import { asideWith, inClass, isStaff, myHelp, readyToComeIn, waiting } from "./derived";
import { helpLeftUntold } from "./help-now";
import { leave } from "./leaving";
import { unblockSound } from "./media/sound";
import { chooseMusic, setMusicVolume, stopMusic, toggleMusic } from "./music";
import { say } from "./notices";
import { obtainDevices, stopCamera } from "./own-devices";
import type { HelpDone, HelpKind, QuestionStateName, Role, TurnedReason } from "./protocol";
import { newKey, type Patience, passes, RefusedError, request, UnreachableError } from "./requests";
import { enter, hangUp, takeOver } from "./session";
import { type DialogName, store, type Tab } from "./store";
import { ringIf } from "./updating";
import { capital } from "./words";

/** Longer than the server takes to find that it cannot store something: its words come before ours. */
const SERVER_ANSWERS_WITHIN_MS = 8000;
/** What is written may be sent again: the server writes it once. */
export const WRITTEN: Patience = { tries: 2, timeout_ms: SERVER_ANSWERS_WITHIN_MS, saidAtOnce: true };
const HELP: Patience = { tries: 1, timeout_ms: SERVER_ANSWERS_WITHIN_MS };
const HELP_AGAIN_MS = 1000;
/** A call that nobody has acknowledged for this long has not arrived, as far as the caller may rely on it. */
const HELP_UNTOLD_AFTER_MS = 5000;
/** A fault is read, and its number written down. */
const FAULT_SHOWN_FOR_MS = 15_000;

const role = (): Role => store.me.peek()?.role ?? store.config.peek().role ?? "patient";

// ---- coming and going

export function joinWithCamera(): void {
  enter({ camera: true, microphone: true }, role());
}

export function joinWithoutCamera(): void {
  enter({ camera: false, microphone: false }, role());
}

export function comeBack(): void {
  const camera = store.wish.peek().camera;
  enter({ camera, microphone: true }, role());
}

/** "Use this one instead", where it was asked before coming in. */
export function chooseThisDevice(): void {
  takeOver();
}

/** "Use this one instead", where another device has taken over, or was chosen. */
export function chooseThisDeviceAgain(): void {
  const camera = store.wish.peek().camera;
  enter({ camera, microphone: true }, role(), true);
}

/** "No, stay on the other." */
export function stayOnOther(): void {
  store.phase.value = "stayed";
  hangUp();
}

// ---- own microphone, camera and sound

export async function toggleMicrophone(): Promise<void> {
  const on = !store.wish.peek().microphone;
  store.wish.value = { ...store.wish.peek(), microphone: on };
  if (!on) {
    if (store.music.peek().state === "playing") say("Your microphone is off. The music goes on.");
    return;
  }
  if (store.devices.peek().microphone === null) {
    await obtainDevices({ microphone: true, camera: false }, role());
  }
  const me = store.me.peek();
  if (store.devices.peek().microphone === null) {
    store.wish.value = { ...store.wish.peek(), microphone: false };
    sayOfDevices();
  } else if (me?.aside) {
    say(`${capital(asideWith.peek())} can hear you. Nobody else can.`);
  } else if (me?.muted_by_staff) {
    say("Staff can hear you. The group cannot.", "warning");
  } else if (inClass.peek() && !isStaff.peek()) {
    say("Everyone can hear you.");
  }
}

export async function toggleCamera(): Promise<void> {
  if (store.me.peek()?.camera_stopped) {
    say("Staff have turned your camera off. To ask why, press Help, then I want a private word.", "warning");
    return;
  }
  const on = !store.wish.peek().camera;
  store.wish.value = { ...store.wish.peek(), camera: on };
  if (!on) return stopCamera();
  if (store.devices.peek().camera === null) await obtainDevices({ microphone: false, camera: true }, role());
  if (store.devices.peek().camera !== null) return;
  store.wish.value = { ...store.wish.peek(), camera: false };
  sayOfDevices();
}

/** Never in the place of the question whether somebody needs help: its seconds go on. */
function sayOfDevices(): void {
  if (store.dialog.peek() !== "help") store.dialog.value = "devices";
}

export function turnSoundOn(): void {
  void unblockSound();
}

/** Turns the pictures off, or on again. */
export function toggleSoundOnly(): void {
  closeDialog();
  store.soundOnly.value = !store.soundOnly.peek();
}

// ---- help

/** Calls for help, and goes on calling until the server has it. */
export async function askHelp(kind: HelpKind): Promise<void> {
  closeDialog();
  batch(() => {
    store.helpSending.value = kind;
    store.helpUntold.value = false;
  });
  const untold = () => {
    if (store.helpSending.peek() === kind) store.helpUntold.value = true;
  };
  const late = setTimeout(untold, HELP_UNTOLD_AFTER_MS);
  while (store.helpSending.peek() === kind && store.phase.peek() === "joined") {
    try {
      await request("help:ask", { kind }, HELP);
      break;
    } catch (error) {
      if (error instanceof RefusedError && !passes(error.error)) {
        say(error.message, "warning", FAULT_SHOWN_FOR_MS);
        break;
      }
      untold();
    }
    await new Promise((resolve) => setTimeout(resolve, HELP_AGAIN_MS));
  }
  clearTimeout(late);
  // Where the class was left before the call was sent, the page says so.
  if (helpLeftUntold.peek()) return;
  if (store.helpSending.peek() === kind) store.helpSending.value = null;
}

/** "I am all right now." */
export async function endMyHelp(): Promise<void> {
  store.helpSending.value = null;
  const mine = myHelp.peek();
  if (mine) await settleHelp(mine.id);
}

export async function settleHelp(help: string): Promise<void> {
  await attempt(request("help:settle", { help }, WRITTEN));
}

// ---- staff

export async function admit(person: string): Promise<void> {
  await attempt(request("person:admit", { person }, WRITTEN));
}

/** Lets in all who wait and may come in; who is held stays where they are. */
export async function admitReady(): Promise<void> {
  if (readyToComeIn.peek().length === waiting.peek().length) store.waitingPanelOpen.value = false;
  await attempt(request("person:admit_ready", {}, WRITTEN));
}

/** Lets somebody take part whose check-in holds them; `text` says why. Gives what went wrong, or null. */
export function allowIn(person: string, text: string): Promise<string | null> {
  return wordsOf(request("person:allow", { person, text }, WRITTEN));
}

/** Does not let somebody in; `text` is what they are told. Gives what went wrong, or null. */
export function turnAway(
  person: string,
  reason: TurnedReason,
  text: string,
  help: HelpDone | null,
): Promise<string | null> {
  return wordsOf(request("person:refuse", { person, reason, text, done: help }, WRITTEN));
}

/** Writes to somebody who waits. Gives what went wrong, or null. */
export function writeTo(person: string, text: string): Promise<string | null> {
  return wordsOf(request("person:message", { person, text }, WRITTEN));
}

export async function muteForGroup(person: string, muted: boolean): Promise<void> {
  await attempt(request("person:mute", { person, muted }, WRITTEN));
}

// ---- questions; what patients do with them and the chat is in talk-actions

/** Gives what went wrong in words, or null. */
export function answer(
  question: string,
  state: QuestionStateName,
  text: string | null = null,
): Promise<string | null> {
  return wordsOf(request("question:answer", { question, state, text }, WRITTEN));
}

export { chooseMusic, leave, newKey, setMusicVolume, stopMusic, toggleMusic };

// ---- what is on the screen

export function openDrawer(tab: Tab): void {
  store.drawer.value = tab;
}

export function closeDrawer(): void {
  store.drawer.value = null;
}

export function openDialog(name: DialogName): void {
  store.dialog.value = name;
}

export function closeDialog(): void {
  store.dialog.value = null;
}

/** Says why something was not done; it stays as it was. */
export async function attempt(done: Promise<unknown>): Promise<void> {
  const words = await wordsOf(done);
  if (words) say(words, "warning", FAULT_SHOWN_FOR_MS);
}

/** Gives what went wrong in words, or null when it is done. */
export async function wordsOf(done: Promise<unknown>): Promise<string | null> {
  try {
    await done;
    return null;
  } catch (error) {
    if (error instanceof RefusedError) return error.message;
    if (!(error instanceof UnreachableError)) return `That did not work. Please try again.${ringIf()}`;
    const updating = store.updatingSince.peek() !== null;
    const why = updating ? "We are updating Moveroom. This works again in a moment." : error.message;
    return `${why}${ringIf()}`;
  }
}
