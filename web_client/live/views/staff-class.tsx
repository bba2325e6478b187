/** The class as staff see it: the wall of patients, what needs doing beside it, the own picture below. */
import { useEffect } from "preact/hooks";
import { columnStays } from "../column";
import { lostFor_ms } from "../derived";
import { store } from "../store";
import { AsideCards } from "./aside-card";
import { Drawer } from "./drawer";
import { HelpCards } from "./help-cards";
import { StaffBar } from "./staff-bar";
import { StaffHeader } from "./staff-header";
import { Wall } from "./wall";

export function StaffClass() {
  useEffect(() => {
    if (columnStays.value && store.drawer.peek() === null) store.drawer.value = "questions";
  }, [columnStays.value]);
  const open = store.drawer.value !== null;
  const lost = lostFor_ms.value !== null;
  return (
    <div class={`staff ${lost ? "is-lost" : ""}`} data-place={store.me.value?.place}>
      <StaffHeader />
      <Wall />
      <div class="column">
        <HelpCards />
        <AsideCards />
        {open && <Drawer />}
      </div>
      <StaffBar />
    </div>
  );
}
