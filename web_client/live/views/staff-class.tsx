/** The class as staff see it: the wall of patients, what needs doing beside it, the own picture below. */
import { useEffect } from "preact/hooks";
import { lostFor_ms } from "../derived";
import { store } from "../store";
import { Drawer } from "./drawer";
import { HelpCards } from "./help-cards";
import { StaffBar } from "./staff-bar";
import { StaffHeader } from "./staff-header";
import { Wall } from "./wall";

/** Narrower than this the column is a sheet, closed at first. */
const COLUMN_FROM_PX = 1000;

export function StaffClass() {
  useEffect(() => {
    if (window.innerWidth >= COLUMN_FROM_PX && store.drawer.peek() === null) store.drawer.value = "questions";
  }, []);
  const open = store.drawer.value !== null;
  const lost = lostFor_ms.value !== null;
  return (
    <div class={`staff ${lost ? "is-lost" : ""}`} data-place={store.me.value?.place}>
      <StaffHeader />
      <Wall />
      <div class="column">
        <HelpCards />
        {open && <Drawer />}
      </div>
      <StaffBar />
    </div>
  );
}
