/** The wall: fixed seats in the order of the course list. A seat keeps its place, whoever comes or drops. */
import { largeSeat, patients } from "../derived";
import { store } from "../store";
import { Tile } from "./tile";

/** Columns by how many seats there are, so that each picture is as large as it can be. */
function columnsFor(seats: number): number {
  if (seats <= 1) return 1;
  if (seats <= 4) return 2;
  return seats <= 9 ? 3 : 4;
}

/** How many of the others stand side by side below a large picture: one row, or two of the same length. */
export function othersInARow(seats: number): number {
  const others = Math.max(1, seats - 1);
  return others <= 8 ? Math.max(4, others) : Math.ceil(others / 2);
}

export function Wall() {
  const seated = new Map(patients.value.map((one) => [one.seat, one]));
  const highest = Math.max(-1, ...patients.value.map((one) => one.seat ?? -1)) + 1;
  const seats = Math.min(16, Math.max(store.facts.value?.seats ?? 0, highest, 1));
  const large = largeSeat.value;
  const shape = large === null ? `columns-${columnsFor(seats)}` : "has-large";
  return (
    <main
      class={`wall ${shape}`}
      aria-label="Patients, in fixed seats"
      style={{ "--in-a-row": othersInARow(seats) }}
    >
      {Array.from({ length: seats }, (_, seat) => (
        <Tile key={seat} seat={seat} person={seated.get(seat) ?? null} large={large === seat} />
      ))}
    </main>
  );
}
