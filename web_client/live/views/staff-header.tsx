/** Which class, how many are here, how long is left; who waits; leaving and ending. */
import { admit, admitAll, openDialog } from "../actions";
import { patients, serverNow_ms, waiting } from "../derived";
import { store } from "../store";
import { duration } from "../words";
import { Icon } from "./icons";

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
          Class {facts.number} of {facts.of} · {inClass} of {facts.seats} here · {timeLeft(facts.ends_at)}
        </span>
      </div>
      <WaitingButton />
      <button type="button" class="staff-button" onClick={() => openDialog("leave")}>
        <Icon name="leave" />
        Leave
      </button>
      {store.me.value?.role === "physio" && (
        <button type="button" class="staff-button is-end" onClick={() => openDialog("end")}>
          End class
        </button>
      )}
    </header>
  );
}

function timeLeft(endsAt: string): string {
  const left_ms = Date.parse(endsAt) - serverNow_ms.value;
  return left_ms > 60_000
    ? `${duration(left_ms)} left`
    : left_ms > 0
      ? "less than a minute left"
      : "past its end";
}

function WaitingButton() {
  const people = waiting.value;
  if (people.length === 0) return null;
  const open = store.waitingPanelOpen.value;
  return (
    <div class="waiting-anchor">
      <button
        type="button"
        class="staff-button is-waiting"
        aria-expanded={open}
        onClick={() => {
          store.waitingPanelOpen.value = !open;
        }}
      >
        <Icon name="people" />
        {people.length} waiting
      </button>
      {open && (
        <section class="waiting-panel" aria-label="Waiting room">
          <h2>Waiting room</h2>
          <ul>
            {people.map((one) => (
              <li key={one.id}>
                <span>
                  <b>{one.full_name ?? one.name}</b>
                  <span class="second">{duration(serverNow_ms.value - Date.parse(one.place_since))}</span>
                </span>
                <button type="button" class="go-button" onClick={() => void admit(one.id)}>
                  Let in<span class="unseen"> {one.name}</span>
                </button>
              </li>
            ))}
          </ul>
          {people.length > 1 && (
            <button type="button" class="go-button is-wide" onClick={() => void admitAll()}>
              Let in all {people.length}
            </button>
          )}
        </section>
      )}
    </div>
  );
}
