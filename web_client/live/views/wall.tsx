/** The wall: fixed seats in the order of the course list. A seat keeps its place, whoever comes or drops. */
import { patients } from "../derived";
import { store } from "../store";
import { Tile } from "./tile";

/** Columns by how many seats there are, so that each picture is as large as it can be. */
function columnsFor(seats: number): number {
  if (seats <= 1) return 1;
  if (seats <= 4) return 2;
  return seats <= 9 ? 3 : 4;
}

export function Wall() {
  const seated = new Map(patients.value.map((one) => [one.seat, one]));
  const highest = Math.max(-1, ...patients.value.map((one) => one.seat ?? -1)) + 1;
  const seats = Math.min(16, Math.max(store.facts.value?.seats ?? 0, highest, 1));
  return (
    <main class={`wall columns-${columnsFor(seats)}`} aria-label="Patients, in fixed seats">
      {Array.from({ length: seats }, (_, seat) => (
        <Tile key={seat} seat={seat} person={seated.get(seat) ?? null} />
      ))}
    </main>
  );
}
