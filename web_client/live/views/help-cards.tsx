/** What comes before everything else: calls for help, and patients whose picture has stopped. */
import { hideDrop, settleHelp } from "../actions";
import { dropped, openHelp, serverNow_ms } from "../derived";
import type { HelpKind, HelpView, PersonView } from "../protocol";
import { store } from "../store";
import { clockTime, duration, telephone } from "../words";
import { Icon } from "./icons";

const NEEDS: Readonly<Record<HelpKind, string>> = {
  now: "needs help now",
  rest: "needs a rest",
  private: "wants a private word",
};

/** The seconds tick outside what screen readers are told. */
export function HelpCards() {
  const urgent = openHelp.value.filter((call) => call.kind === "now");
  const other = openHelp.value.filter((call) => call.kind !== "now");
  return (
    <div class="help-cards" role="alert">
      {urgent.map((call) => (
        <HelpCard key={call.id} call={call} />
      ))}
      {dropped.value.map((person) => (
        <DroppedCard key={person.id} person={person} />
      ))}
      {other.map((call) => (
        <HelpCard key={call.id} call={call} />
      ))}
    </div>
  );
}

function HelpCard({ call }: { call: HelpView }) {
  const name = store.people.value.get(call.person)?.full_name ?? call.name;
  return (
    <section class={`help-card ${call.kind === "now" ? "is-now" : ""}`}>
      <h2>
        {name} {NEEDS[call.kind]}
      </h2>
      <p>
        Since {clockTime(call.called_at)}
        {call.kind === "now" && ": a fall, chest pain, dizzy, or frightened"}
      </p>
      <div class="row">
        {call.phone && <CallLink phone={call.phone} />}
        <button type="button" class="card-button" onClick={() => void settleHelp(call.id)}>
          Settled
        </button>
      </div>
    </section>
  );
}

function DroppedCard({ person }: { person: PersonView }) {
  return (
    <section class="help-card is-dropped">
      <h2>{person.full_name ?? person.name}’s picture stopped</h2>
      <p aria-hidden="true">{duration(serverNow_ms.value - Date.parse(person.place_since))} ago</p>
      <div class="row">
        {person.phone && <CallLink phone={person.phone} />}
        <button type="button" class="card-button" onClick={() => hideDrop(person)}>
          Hide
        </button>
      </div>
    </section>
  );
}

function CallLink({ phone }: { phone: string }) {
  return (
    <a class="card-button is-call" href={telephone(phone)}>
      <Icon name="phone" />
      Call {phone}
    </a>
  );
}
