/** Which page of the class room is shown. */
import { inClass, isStaff } from "../derived";
import { store } from "../store";
import { Announcements } from "./announcements";
import { Dialogs } from "./dialogs";
import { Door } from "./door";
import { Ending } from "./ending";
import { KeysButton } from "./keys-dialog";
import { PatientClass } from "./patient-class";
import { StaffClass } from "./staff-class";
import { Waiting } from "./waiting";

export function App() {
  return (
    <>
      <KeysButton />
      <Page />
      <Dialogs />
      <div class="unseen" role="status" aria-live="polite">
        {store.notice.value?.text}
      </div>
      <Announcements />
    </>
  );
}

function Page() {
  const phase = store.phase.value;
  if (phase === "door") return <Door />;
  if (phase !== "joining" && phase !== "joined") return <Ending />;
  if (phase === "joining" || !store.me.value) return <Door entering />;
  if (!inClass.value) return <Waiting />;
  return isStaff.value ? <StaffClass /> : <PatientClass />;
}
