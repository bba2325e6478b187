/** How times are said and written, and what is said of the service's phone. */

/** "3:36"; from an hour on "1:02:05". */
export function clock(ms: number): string {
  const { hours, minutes, seconds } = split(ms);
  const two = (count: number) => String(count).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** "3:36 of 8:00". */
export function clockOf(ms: number, wholeMs: number): string {
  return `${clock(ms)} of ${clock(wholeMs)}`;
}

/** "3 minutes 36 seconds", for who listens. */
export function spoken(ms: number): string {
  const { hours, minutes, seconds } = split(ms);
  const said = [counted(hours, "hour"), counted(minutes, "minute"), counted(seconds, "second")];
  return said.filter(Boolean).join(" ") || "0 seconds";
}

/** "3 minutes 36 seconds of 8 minutes". */
export function spokenOf(ms: number, wholeMs: number): string {
  return `${spoken(ms)} of ${spoken(wholeMs)}`;
}

/** A phone number as a `tel:` address. */
export function telephone(phone: string): string {
  return `tel:${phone.replace(/[^+\d]/g, "")}`;
}

function split(ms: number): { hours: number; minutes: number; seconds: number } {
  const whole = Math.max(0, Math.floor(ms / 1000));
  return { hours: Math.floor(whole / 3600), minutes: Math.floor(whole / 60) % 60, seconds: whole % 60 };
}

function counted(count: number, unit: string): string {
  if (count === 0) return "";
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
