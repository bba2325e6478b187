/** What is said of a connection that is not good: to the person herself, to staff of a patient, and of their own. */
import type { LineView } from "./protocol";

type Reason = NonNullable<LineView["reason"]>;

/** What is so, and what to do about it. */
export interface LineWords {
  readonly what: string;
  readonly next: string;
}

export const SOUND_ONLY = "Your connection is slow. You can still hear. The picture will come back.";

const NEARER = "If you can, move nearer to your Wi-Fi box, or to a place with better signal.";
const FEWER = "Ask others in your home to stop watching videos for now.";
const CLOSE_OTHERS = "Close other programs and pages on this device.";

/** Of a fair connection, and of a poor one. */
const PATIENT: Readonly<Record<Reason, (physio: string) => { fair: string; poor: string; next: string }>> = {
  slow_down: (physio) => ({
    fair: `Your connection is a little slow. ${physio}’s picture may be less sharp.`,
    poor: `Your connection is slow. ${physio}’s picture may stop now and then. You can still hear.`,
    next: `${NEARER} ${FEWER}`,
  }),
  slow_up: (physio) => ({
    fair: `Your connection is a little slow. ${physio} may see you less sharply.`,
    poor: `Your connection is slow. ${physio} may not see or hear you well.`,
    next: `${NEARER} ${FEWER}`,
  }),
  losses: () => ({
    fair: "Your connection is not steady. You may miss a word now and then.",
    poor: "Your connection keeps cutting out. You may miss words, and the picture may stop.",
    next: `${NEARER} ${FEWER}`,
  }),
  delay: (physio) => ({
    fair: `Your connection has a delay. You hear ${physio} a little late.`,
    poor: `Your connection has a long delay. You see and hear ${physio} late.`,
    next: `${NEARER} ${FEWER}`,
  }),
  freezes: () => ({
    fair: "The picture stopped for a moment. You can still hear.",
    poor: "The picture keeps stopping. You can still hear.",
    next: `${NEARER} ${CLOSE_OTHERS}`,
  }),
};

/** For the patient. Without a reason it is slow: that is what a person can do something about. */
export function wordsForPatient(line: LineView, physio: string): LineWords {
  const words = PATIENT[line.reason ?? "slow_down"](physio);
  if (line.sound_only) return { what: SOUND_ONLY, next: words.next };
  return { what: line.level === "poor" ? words.poor : words.fair, next: words.next };
}

/** On a patient's tile, whose last frame stands there: what is so, and how to know that all is well. */
export function stoppedWords(name: string, heard: boolean): LineWords {
  return {
    what: "Picture has stopped",
    next: heard ? `You can still hear ${name}.` : `Ask ${name} to unmute.`,
  };
}

const STAFF: Readonly<Record<Reason, readonly [string, string]>> = {
  slow_down: ["Their picture of you may be less sharp.", "They may lose your picture. They still hear you."],
  slow_up: ["Their picture may be less sharp.", "Their picture and voice may break up."],
  losses: ["They may miss a word now and then.", "They miss words, and pictures stop."],
  delay: ["They hear you a little late.", "They see and hear you late."],
  freezes: ["The picture stopped for them a moment ago.", "The picture keeps stopping for them."],
};

/** On the tile. */
export function shortWords(line: LineView): string {
  if (line.sound_only) return "Sees no picture";
  return line.level === "poor" ? "Poor connection" : "Slow connection";
}

/** Of a patient, in a sentence. */
export function reasonForStaff(line: LineView): string {
  if (line.sound_only) return "They hear you, but see no picture.";
  const [fair, poor] = STAFF[line.reason ?? "slow_down"];
  return line.level === "poor" ? poor : fair;
}

const OWN_STAFF: Readonly<Record<Reason, readonly [string, string]>> = {
  slow_down: ["Some patients’ pictures may be less sharp.", "Some patients’ pictures may stop."],
  slow_up: ["The group may see you less sharply.", "The group may not see or hear you well."],
  losses: ["You may miss a word now and then.", "Words and pictures get lost, yours and the group’s."],
  delay: ["You hear the group a little late.", "You and the group hear each other late."],
  freezes: ["Pictures stopped for a moment.", "Pictures keep stopping on this device."],
};

/** Of the own connection, for staff. `stopped`: how many patients' pictures stand still now. */
export function wordsForStaff(line: LineView, stopped = 0): LineWords {
  if (line.sound_only) {
    return {
      what: "Sound only for now. Your connection is too slow for the pictures of the group.",
      next: "Watch over them by voice, or use a cable or another network.",
    };
  }
  if (line.reason === "slow_down" && stopped > 0) {
    return {
      what: "Your connection is too slow. Some patients’ pictures have stopped.",
      next: "Watch over them by voice, or use a cable or another network.",
    };
  }
  const [fair, poor] = OWN_STAFF[line.reason ?? "slow_down"];
  const isPoor = line.level === "poor";
  return {
    what: `Your connection is ${isPoor ? "poor" : "a little slow"}. ${isPoor ? poor : fair}`,
    next: isPoor ? "Use a cable if you can, or move nearer to the Wi-Fi box." : "",
  };
}
