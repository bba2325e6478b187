/** What a patient is told when the class is led otherwise than before. Pure. */
import type { FloorView } from "./protocol";
import { clockTime } from "./words";

/** What is looked at of a class, before and after. */
export type Led = Pick<FloorView, "spotlight" | "leader" | "presenter" | "ends_at">;

/** `me`: the patient; `nameOf`: a person's name, null where it is not known. null: nothing to say. */
export function floorWords(
  me: string,
  before: Led,
  now: Led,
  nameOf: (id: string | null) => string | null,
): string | null {
  if (now.spotlight === me && before.spotlight !== me) {
    return "Everyone sees you large now. To stop that, press Change beside your picture.";
  }
  if (before.spotlight === me && now.spotlight !== me) return "You are not shown large any more.";
  if (now.leader !== before.leader) {
    const [was, is] = [nameOf(before.leader), nameOf(now.leader)];
    if (is === null) return "None of the staff is in class at the moment. Sit down and rest, and wait.";
    return was === null ? null : `${is} leads the class now, in place of ${was}.`;
  }
  if (now.presenter !== before.presenter && before.presenter !== null) {
    const shows = nameOf(now.presenter);
    if (shows !== null) return `${shows} shows the exercises now.`;
  }
  if (Date.parse(now.ends_at) > Date.parse(before.ends_at)) {
    return `Class goes on until ${clockTime(now.ends_at)}.`;
  }
  return null;
}
