/** The waiting room: who knows that I am here, when class starts, how many are here. */
import { isBig } from "../big-picture";
import { clockFastBy_ms, myHelp, outOfReach, staffHere, staffOnCall, trouble } from "../derived";
import { store } from "../store";
import { connectingAgainForWaiting, updatingWordsForWaiting } from "../updating";
import { talksFirst } from "../waiting-words";
import { capital, clockNote, clockTime, namesOf, peopleHere, telephone } from "../words";
import { CameraControl, HelpControl, LeaveControl } from "./controls";
import { HelpCard, SendingCard } from "./now-card";
import { OwnPicture } from "./own-picture";
import { Where } from "./patient-class";
import { Said } from "./said";

export function Waiting() {
  const facts = store.facts.value;
  if (!facts) return null;
  const started = Date.parse(facts.starts_at) <= store.now.value + store.clockOffset_ms.value;
  const staff = staffOnCall.value;
  const call = myHelp.value;
  const sending = store.helpSending.value;
  const phone = facts.service_phone;
  return (
    <div class={`class is-waiting ${isBig.value ? "is-big" : ""}`} data-place="waiting">
      <LeaveControl />
      <Where />
      <main class="lobby">
        <LobbyTrouble />
        <div class="lobby-words" role="status">
          <h1>You are in the waiting room</h1>
          <p class="lead-words">
            {staff.length > 0
              ? `${capital(namesOf(staff))} ${staff.length === 1 ? "knows" : "know"} you are here.`
              : "Your physio is not here yet. Please wait."}
          </p>
          <p>
            {facts.title}, class {facts.number} of {facts.of}, {started ? "started" : "starts"} at{" "}
            <b>{clockTime(facts.starts_at)}</b>.
          </p>
          <p>{peopleHere(facts.here)}</p>
          {store.me.value?.is_held && (
            <p>
              <b>{talksFirst(staffHere.value)}</b>
            </p>
          )}
        </div>
        {store.me.value?.told && (
          <p class="lobby-notice" role="status">
            <b>{staff.length === 1 ? capital(namesOf(staff)) : "Staff"}:</b>{" "}
            <Said text={store.me.value.told} />
          </p>
        )}
        <p class="second">
          {staff.length > 0 ? capital(namesOf(staff, "or")) : "Your physio"} will let you in. You do not need
          to press anything.
          {phone && (
            <>
              {" "}
              If you wait too long, ring <a href={telephone(phone)}>{phone}</a>.
            </>
          )}
        </p>
        {clockFastBy_ms.value !== null && <p class="second">{clockNote(clockFastBy_ms.value)}</p>}
        {sending !== null && sending !== "now" && <SendingCard />}
        {call && call.kind !== "now" && <HelpCard kind={call.kind} />}
        {store.notice.value && (
          <p class="lobby-notice">
            <Said text={store.notice.value.text} />
          </p>
        )}
      </main>
      <section class="views" aria-label="Own picture">
        <OwnPicture />
      </section>
      <nav class="controls" aria-label="Controls">
        <CameraControl />
      </nav>
      <HelpControl />
    </div>
  );
}

/** A gap of a few seconds is not worth a word; who waits longer hears that the place is kept. */
const GAP_MS = 4000;

function LobbyTrouble() {
  const down = store.socketDownSince.value;
  const away = outOfReach.value && down !== null && store.now.value - down >= GAP_MS;
  if (trouble.value !== "updating" && !away) return null;
  const text = trouble.value === "updating" ? updatingWordsForWaiting() : connectingAgainForWaiting();
  return (
    <p class="lobby-notice" role="status">
      <Said text={text} />
    </p>
  );
}
