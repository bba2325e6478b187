/**
 * Looks at what comes over the line: finds that it has stopped, or one picture of it, and tells the server how it
 * has played.
 */
import { choseSoundOnly, inClass, isStaff, picturesOff } from "./derived";
import { Cushion, grow } from "./media/cushion";
import { Motion, StoppedPictures } from "./media/motion";
import { Plays } from "./media/plays";
import { SilenceWatch } from "./media/silence";
import { type Received, receivedBy, type TrackCounts } from "./media/stats";
import type { HowItPlays, PersonView } from "./protocol";
import { store } from "./store";

const LOOK_EVERY_MS = 500;
const TELL_EVERY_LOOKS = 10;

export interface WatchedLine {
  readonly up: RTCPeerConnection | null;
  restart(): Promise<void>;
}

/** Looks twice a second while the line is up. */
export function watchLine(line: WatchedLine, tell: (plays: HowItPlays) => Promise<unknown>): void {
  const silence = new SilenceWatch();
  const plays = new Plays();
  const cushions = new WeakMap<RTCPeerConnection, Cushion>();
  let looks = 0;
  const stage = new Motion();
  const stopped = new StoppedPictures();
  let looking = false;

  async function look(): Promise<void> {
    const pc = line.up;
    if (!pc || !inClass.peek() || looking) return;
    looking = true;
    const received = await receivedBy(pc).catch(() => null);
    looking = false;
    if (!received || pc !== line.up) return;
    const cushion = cushions.get(pc) ?? new Cushion();
    cushions.set(pc, cushion);
    const counts = countsBySlot(received);
    const frozen_ms = counts.get("stage")?.frozen_ms ?? 0;
    const waited_ms = cushion.wait_ms;
    grow(pc, waited_ms, cushion.look(received.asked_again, frozen_ms, received.rtt_ms), LOOK_EVERY_MS);
    const frames = (slot: string) => counts.get(slot)?.frames ?? 0;
    store.stageMoves.value = stage.look(frames("stage"));
    store.stopped.value = stopped.look(performance.now(), frames, picturesWanted());
    if (silence.look(received.bytes, picturesExpected().size > 0)) void line.restart();
    // How it plays for staff counts for nobody's line.
    if (isStaff.peek()) return;
    if (++looks % TELL_EVERY_LOOKS !== 0) return plays.look(expected());
    const told = plays.tell(performance.now(), counts, expected());
    if (told && store.socketUp.peek()) tell(told).catch(() => undefined);
  }

  setInterval(() => void look(), LOOK_EVERY_MS);
}

function countsBySlot(received: Received): ReadonlyMap<string, TrackCounts> {
  const counts = new Map<string, TrackCounts>();
  for (const [slot, track] of store.slotTracks.peek()) {
    const one = received.byTrack.get(track.id);
    if (one) counts.set(slot, one);
  }
  return counts;
}

/** For a patient the stage; for staff everyone on the wall. */
function expected(): ReadonlyMap<string, string> {
  return new Map([...picturesExpected(), ...voicesExpected()]);
}

/** Those that the line is too slow for are no fault of playing. */
function picturesExpected(): ReadonlyMap<string, string> {
  return picturesOff.peek() ? new Map() : picturesWanted();
}

function picturesWanted(): ReadonlyMap<string, string> {
  if (choseSoundOnly.peek() || store.pageHidden.peek()) return new Map();
  return those((slot, person) => person.camera_on && (store.shown.peek().get(slot) ?? 0) > 0);
}

function voicesExpected(): ReadonlyMap<string, string> {
  return new Map(
    [...those((_, person) => person.microphone_on)].map(([slot, who]) => [`${slot}-voice`, who]),
  );
}

function those(which: (slot: string, person: PersonView) => boolean): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [slot, id] of Object.entries(store.slots.peek())) {
    const person = store.people.peek().get(id);
    if (!watched(slot) || person?.place !== "in_class") continue;
    if (which(slot, person)) found.set(slot, id);
  }
  return found;
}

function watched(slot: string): boolean {
  return isStaff.peek() ? slot.startsWith("seat") && !slot.endsWith("-voice") : slot === "stage";
}
