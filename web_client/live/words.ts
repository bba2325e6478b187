/** How moments, names and counts are said. Times are always those of the clinic. */
import type { PersonView, Role } from "./protocol";

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  hour: "numeric",
  minute: "2-digit",
  hour12: true,
});

/** "10am", "10:52am", "midday": the NHS way of writing times. */
export function clockTime(moment: string | number): string {
  const parts = CLOCK.formatToParts(new Date(moment));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  const minute = part("minute");
  const half = part("dayPeriod")
    .toLowerCase()
    .replace(/[^apm]/g, "");
  const hour = String(Number(part("hour")) || 12);
  if (hour === "12" && minute === "00") return half === "pm" ? "midday" : "midnight";
  return `${hour}${minute === "00" ? "" : `:${minute}`}${half}`;
}

const DAY = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  weekday: "long",
  day: "numeric",
  month: "long",
});

/** "Monday 16 November"; null for the day of `now_ms`. */
export function dayBefore(moment: string, now_ms: number): string | null {
  const day = DAY.format(new Date(moment));
  return day === DAY.format(new Date(now_ms)) ? null : day;
}

/** How many are here, said to one of them: "You are the first here.", "7 people are here." */
export function peopleHere(count: number): string {
  return count <= 1 ? "You are the first here." : `${count} people are here.`;
}

/** "12 seconds", "1 minute", "4 minutes". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [count, unit] = seconds < 60 ? [seconds, "second"] : [Math.floor(seconds / 60), "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

const SPANS = [
  ["day", 24 * 60],
  ["hour", 60],
  ["minute", 1],
] as const;

/** "Your device's clock is 20 minutes fast. We use the right time." */
export function clockNote(fast_ms: number): string {
  const minutes = Math.round(Math.abs(fast_ms) / 60_000);
  const [unit, size] = SPANS.find(([, least]) => minutes >= least) ?? SPANS[2];
  const count = Math.round(minutes / size);
  const much = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return `Your device’s clock is ${much} ${fast_ms > 0 ? "fast" : "slow"}. We use the right time.`;
}

/** The doors stay open for a talk, with staff present. */
const TALK_AFTER_MS = 10 * 60_000;

/** "talk until 11:10am" once class is past its planned end; null before, and when the talk should be over. */
export function talkUntil(endsAt: string, now_ms: number): string | null {
  const end_ms = Date.parse(endsAt);
  const open = now_ms >= end_ms && now_ms < end_ms + TALK_AFTER_MS;
  return open ? `talk until ${clockTime(end_ms + TALK_AFTER_MS)}` : null;
}

/** "0:12", for a time that runs. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** "Hannah", "Hannah and Tom", "Hannah, Priya and Tom"; "the staff" when nobody is named. */
export function namesOf(people: readonly PersonView[], joint = "and"): string {
  const names = people.map((one) => one.name);
  if (names.length === 0) return "the staff";
  if (names.length === 1) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} ${joint} ${names.at(-1)}`;
}

/** Begins a sentence with the text. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "Hannah, physio". */
export function nameAndRole(name: string, role: Role): string {
  return role === "patient" ? name : `${name}, ${role}`;
}

/** A phone number as a `tel:` address. */
export function telephone(phone: string): string {
  return `tel:${phone.replace(/[^+\d]/g, "")}`;
}
