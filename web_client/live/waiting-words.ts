/** What is said to somebody in the waiting room. Pure. */
import type { PersonView } from "./protocol";
import { capital } from "./words";

/** To who is held for new symptoms: the physio decides, after a word. The same words as on the check-in's page. */
export function talksFirst(staff: readonly PersonView[]): string {
  const physio = staff.find((one) => one.role === "physio");
  return `${physio ? capital(physio.name) : "Your physio"} will talk to you before you start.`;
}
