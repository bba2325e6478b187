/** Which class, how many are here, how long is left; who waits; what is done to all; leaving and ending. */
import { openDialog } from "../actions";
import { clockWords } from "../class-clock";
import { patients, serverNow_ms } from "../derived";
import { mayEnd, watching } from "../staff-derived";
import { store } from "../store";
import { Icon } from "./icons";
import { MuteAll, StaffMore } from "./staff-more";
import { WaitingButton } from "./waiting-panel";

export function StaffHeader() {
  const facts = store.facts.value;
  if (!facts) return null;
  const inClass = patients.value.filter((one) => one.place === "in_class").length;
  return (
    <header class="staff-top">
      <div class="title">
        <h1>
          {facts.title}
          <span class="unseen">{`, class ${facts.number} of ${facts.of}`}</span>
        </h1>
        <span>
          Class {facts.number} of {facts.of} · {inClass} of {facts.seats} here ·{" "}
          {clockWords(facts.starts_at, facts.ends_at, serverNow_ms.value)}
          {facts.locked && " · Locked"}
          {watching.value && ` · ${watching.value.name} (helper) is watching safety`}
        </span>
      </div>
      <WaitingButton />
      <MuteAll />
      <StaffMore />
      <button type="button" class="staff-button" onClick={() => openDialog("leave")}>
        <Icon name="leave" />
        Leave
      </button>
      {mayEnd.value && (
        <button type="button" class="staff-button is-end" onClick={() => openDialog("end")}>
          End class
        </button>
      )}
    </header>
  );
}
