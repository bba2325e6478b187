/** The waiting room as staff see it: who is ready, who is held and why they wait, and what can be done. */
import { admitReady } from "../actions";
import { readyToComeIn, redFlags, redFlagsElsewhere, waiting } from "../derived";
import { whatFlagged, whereFlagged } from "../flag-words";
import { store } from "../store";
import { CheckInMark } from "./check-in-mark";
import { Icon } from "./icons";
import { ReadLink } from "./read-link";
import { WaitingCard } from "./waiting-card";
import { WhereToday } from "./where-today";

export function WaitingButton() {
  const people = waiting.value;
  const flags = redFlags.value.length;
  if (people.length === 0 && flags === 0) return null;
  const open = store.waitingPanelOpen.value;
  return (
    <div class="waiting-anchor">
      <button
        type="button"
        class={`staff-button is-waiting ${flags > 0 ? "is-flagged" : ""}`}
        aria-expanded={open}
        onClick={() => {
          store.waitingPanelOpen.value = !open;
        }}
      >
        <Icon name={flags > 0 ? "warning" : "people"} />
        {[
          `${people.length} waiting`,
          ...(flags > 0 ? [`${flags} red flag${flags > 1 ? "s" : ""}`] : []),
        ].join(", ")}
      </button>
      {open && <Panel />}
    </div>
  );
}

function Panel() {
  const people = waiting.value;
  const elsewhere = redFlagsElsewhere.value;
  return (
    <section class="waiting-panel" aria-label="Waiting room">
      <h2>Waiting room: {people.length}</h2>
      <ul>
        {people.map((one) => (
          <WaitingCard key={one.id} person={one} />
        ))}
      </ul>
      <AdmitReady />
      {elsewhere.length > 0 && (
        <>
          <h2>Red flag at check-in</h2>
          <ul>
            {elsewhere.map((one) => (
              <li key={one.person} class="waiting-card">
                <span>
                  <b>{one.full_name}</b> <CheckInMark id={one.person} />
                </span>
                <p>
                  <b>{whereFlagged(one)}</b> {whatFlagged(one)}
                </p>
                <WhereToday id={one.person} />
                <p>
                  <ReadLink view={one} />
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** "Let in the 2 who are ready": only where one press does for several, or for some of those who wait. */
function AdmitReady() {
  const all = waiting.value.length;
  const ready = readyToComeIn.value.length;
  if (ready < 2) return null;
  return (
    <button type="button" class="go-button is-wide" onClick={() => void admitReady()}>
      {ready === all ? `Let in all ${all}` : `Let in the ${ready} who are ready`}
    </button>
  );
}
