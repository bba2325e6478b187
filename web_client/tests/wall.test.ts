import assert from "node:assert/strict";
import { test } from "node:test";
import { patientsOnWall, person } from "../dev/fixture";
import { apply } from "../live/apply";
import { largeSeat } from "../live/derived";
import { store } from "../live/store";
import { othersInARow } from "../live/views/wall";
import { inClassAs } from "./class-state";

test("below a large picture the others stand in one row, or in two of about the same length", () => {
  assert.deepEqual(
    [1, 2, 5, 9, 10, 12, 16].map((seats) => othersInARow(seats)),
    [4, 4, 4, 8, 5, 6, 8],
  );
});

test("a picture is large while its patient is in class: who drops out is back in the fixed seat", () => {
  inClassAs("Hannah", "physio", { people: patientsOnWall(4) });
  assert.equal(largeSeat.value, null);
  store.selectedSeat.value = 1;
  assert.equal(largeSeat.value, 1);
  apply("person", person("Dennis", "patient", { seat: 1, place: "dropped" }));
  assert.equal(largeSeat.value, null);
  apply("person", person("Dennis", "patient", { seat: 1 }));
  assert.equal(largeSeat.value, 1);
});

test("who drops out while staff write about them stays large until the form is closed", () => {
  const dennis = person("Dennis", "patient", { seat: 1 });
  inClassAs("Hannah", "physio", { people: patientsOnWall(4) });
  store.selectedSeat.value = 1;
  store.formFor.value = dennis.id;
  apply("person", { ...dennis, place: "dropped" });
  assert.equal(largeSeat.value, 1);
  store.formFor.value = null;
  assert.equal(largeSeat.value, null);
});
