/** One who waits: what to ask, and letting in, writing to, deciding on or turning away. */
import { useState } from "preact/hooks";
import { admit, allowIn, turnAway, writeTo } from "../actions";
import { checkInOf, isCleared, serverNow_ms } from "../derived";
import { say } from "../notices";
import type { CheckInView, PersonView, TurnedReason } from "../protocol";
import { store } from "../store";
import { duration, telephone } from "../words";
import { BesideMark, CheckInMark } from "./check-in-mark";
import { useFirstField } from "./first-field";
import { useOpenCall } from "./open-call";
import { ReadLink } from "./read-link";
import { Writing } from "./writing";

type Doing = "message" | "allow" | "refuse" | null;

export function WaitingCard({ person }: { person: PersonView }) {
  const [doing, setDoing] = useState<Doing>(null);
  const checkIn = checkInOf(person.id);
  const cleared = isCleared(person.id);
  const may = store.me.value?.role === "physio";
  const toggle = (what: Doing) => () => setDoing(doing === what ? null : what);
  return (
    <li class="waiting-card" data-check-in={checkIn?.state}>
      <span>
        <b>{person.full_name ?? person.name}</b>{" "}
        <span class="second is-inline">{duration(serverNow_ms.value - Date.parse(person.place_since))}</span>{" "}
        <CheckInMark id={person.id} />
      </span>
      {checkIn && <Before view={checkIn} />}
      <div class="row">
        {cleared && (
          <button type="button" class="go-button" onClick={() => void admit(person.id)}>
            Let in<span class="unseen"> {person.name}</span>
          </button>
        )}
        {!cleared && may && (
          <Choice what="Decide" name={person.name} open={doing === "allow"} press={toggle("allow")} />
        )}
        <Choice what="Message" name={person.name} open={doing === "message"} press={toggle("message")} />
        <Choice what="Not today" name={person.name} open={doing === "refuse"} press={toggle("refuse")} />
      </div>
      {doing === "message" && (
        <Writing
          id={`message-${person.id}`}
          label={`Message to ${person.name}`}
          hint="Short and plain"
          button="Send"
          focused
          onCancel={() => setDoing(null)}
          onSend={(text) => done(writeTo(person.id, text), `Sent to ${person.name}.`)}
        />
      )}
      {doing === "allow" && (
        <Writing
          id={`allow-${person.id}`}
          label={`Why may ${person.name} take part? It is kept with the check-in.`}
          hint="What you asked, and what you decided"
          button="Allow"
          focused
          onCancel={() => setDoing(null)}
          onSend={(text) => done(allowIn(person.id, text), `${person.name} may take part.`)}
        />
      )}
      {doing === "refuse" && <Refuse person={person} close={() => setDoing(null)} />}
    </li>
  );

  async function done(work: Promise<string | null>, words: string): Promise<string | null> {
    const fault = await work;
    if (fault !== null) return fault;
    say(words);
    setDoing(null);
    return null;
  }
}

function Choice({
  what,
  name,
  open,
  press,
}: {
  what: string;
  name: string;
  open: boolean;
  press: () => void;
}) {
  return (
    <button type="button" class="card-button is-light" aria-expanded={open} onClick={press}>
      {what}
      <span class="unseen"> {name}</span>
    </button>
  );
}

/** What to ask aloud, and why somebody is held: what the symptoms are stands on the page behind the link. */
function Before({ view }: { view: CheckInView }) {
  const readable = view.state === "held" || view.state === "red_flag" || view.state === "refused";
  return (
    <>
      {view.ask && <span class="second">Ask: {view.ask}</span>}
      <BesideMark id={view.person} />
      {view.state === "red_flag" && <span>Was told to call 999 or go to A&amp;E.</span>}
      {view.state === "not_yet" && <span>Has not answered the questions before class. Ask them aloud.</span>}
      {readable && (
        <span>
          <ReadLink view={view} />
          {view.phone && (
            <>
              {" · "}
              <a href={telephone(view.phone)}>{view.phone}</a>
            </>
          )}
        </span>
      )}
    </>
  );
}

const REASONS: Readonly<Record<TurnedReason, { words: string; told: string }>> = {
  unwell: {
    words: "Not well enough today",
    told: "It is safer for you not to exercise today. Please rest. We will ring you.",
  },
  late: {
    words: "Too late to join safely",
    told: "Class has begun, and it is not safe to start now. We look forward to seeing you next time.",
  },
  identity: {
    words: "Not sure who it is",
    told: "We could not be sure who you are. Please ring us, and we will help you.",
  },
  other: { words: "Another reason", told: "" },
};

function Refuse({ person, close }: { person: PersonView; close: () => void }) {
  const [reason, setReason] = useState<TurnedReason>("unwell");
  const box = useFirstField<HTMLDivElement>();
  const call = useOpenCall(person.id, person.name);
  const id = `refuse-${person.id}`;
  return (
    <div ref={box} class="refuse">
      <label for={`${id}-reason`}>Why is {person.name} not let in?</label>
      <select
        id={`${id}-reason`}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value as TurnedReason)}
      >
        {(Object.keys(REASONS) as TurnedReason[]).map((one) => (
          <option key={one} value={one}>
            {REASONS[one].words}
          </option>
        ))}
      </select>
      {call.choice}
      <Writing
        key={reason}
        id={id}
        box={`${id}-${reason}`}
        label={`What ${person.name} is told`}
        hint="Short and plain"
        button="Do not let in"
        initial={REASONS[reason].told}
        onCancel={close}
        onSend={async (text) => call.missing ?? turnAway(person.id, reason, text, call.done)}
      />
    </div>
  );
}
