/**
 * What comes before everything else: calls for help, patients in class against whose exercising the check-in
 * stands, and patients whose picture has stopped.
 */
import { useEffect } from "preact/hooks";
import { callsInOrder, dropped, flaggedInClass, lostInOrder, openHelp, serverNow_ms } from "../derived";
import { ACCOUNT_DONE, backWords, HELP_DONE, settledWords } from "../done-words";
import { whatFlagged, whereFlagged } from "../flag-words";
import type { CheckInView, HelpKind, HelpView, UnaccountedView } from "../protocol";
import { closePanels, seeHelp, settleDrop, settleHelpWith, talkInPrivate } from "../staff-actions";
import { asideWithMe } from "../staff-derived";
import { store } from "../store";
import { clockTime, duration, telephone } from "../words";
import { CheckInMark } from "./check-in-mark";
import { Icon } from "./icons";
import { type KeptOpen, useKeptOpen } from "./kept-open";
import { ReadLink } from "./read-link";
import { WhatDone } from "./what-done";
import { WhereList } from "./where-list";
import { WhereToday } from "./where-today";

const NEEDS: Readonly<Record<HelpKind, string>> = {
  now: "needs help now",
  rest: "needs a rest",
  private: "wants a private word",
};

/** What the form "What was done" in a card needs to know. */
interface Form {
  readonly saying: boolean;
  /** Somebody else has settled it meanwhile: what is written is kept all the same. */
  readonly gone: boolean;
  readonly open: () => void;
  readonly close: () => void;
}

/** The seconds tick outside what screen readers are told. */
export function HelpCards() {
  const calls = useKeptOpen(openHelp.value, (call) => call.id, callsInOrder);
  const losses = useKeptOpen(dropped.value, (one) => one.person, lostInOrder);
  const urgent = openHelp.value.filter((call) => call.kind === "now").length;
  const lost = dropped.value.length;
  // No panel that was open may lie over a call for help, or over somebody who is lost.
  useEffect(() => {
    if (urgent + lost > 0) closePanels();
  }, [urgent, lost]);
  return (
    <div class="help-cards" role="alert" aria-atomic="false">
      {calls.all.filter(isUrgent).map((call) => (
        <HelpCard key={call.id} call={call} form={formOf(calls, call)} />
      ))}
      {flaggedInClass.value.map((view) => (
        <FlagCard key={view.person} view={view} />
      ))}
      {losses.all.map((person) => (
        <DroppedCard key={person.person} person={person} form={formOf(losses, person)} />
      ))}
      {calls.all.filter(isNotUrgent).map((call) => (
        <HelpCard key={call.id} call={call} form={formOf(calls, call)} />
      ))}
    </div>
  );
}

const isUrgent = (call: HelpView) => call.kind === "now";
const isNotUrgent = (call: HelpView) => call.kind !== "now";

function formOf<V>(kept: KeptOpen<V>, one: V): Form {
  return {
    saying: kept.isOpen(one),
    gone: kept.isGone(one),
    open: () => kept.open(one),
    close: () => kept.close(one),
  };
}

/** Closes the form when what was written is kept. */
async function thenClose(saved: Promise<string | null>, { close }: Form): Promise<string | null> {
  const fault = await saved;
  if (fault === null) close();
  return fault;
}

function HelpCard({ call, form }: { call: HelpView; form: Form }) {
  const name = store.people.value.get(call.person)?.full_name ?? call.name;
  const urgent = call.kind === "now";
  const phone = call.phones[0] ?? call.phone;
  return (
    <section class={`help-card ${urgent ? "is-now" : ""}`}>
      <h2>
        {name} {NEEDS[call.kind]}
      </h2>
      <p>
        Since {clockTime(call.called_at)}
        {urgent && ": a fall, chest pain, dizzy, or frightened"}
        {call.seen_by_name && `. ${call.seen_by_name} has seen it`}
      </p>
      {form.gone && <p>{settledWords(call)}</p>}
      {form.saying ? (
        <WhatDone
          id={`help-${call.id}`}
          name={call.name}
          choices={HELP_DONE}
          onSave={(done, note) => thenClose(settleHelpWith(call.id, done, note), form)}
          onCancel={form.close}
        />
      ) : (
        <div class="row">
          {urgent && call.seen_at === null && (
            <button type="button" class="card-button is-call" onClick={() => void seeHelp(call.id)}>
              <Icon name="tick" />I have seen it<span class="unseen"> for {call.name}</span>
            </button>
          )}
          {call.kind === "private" && <TalkInPrivate person={call.person} />}
          {phone && <CallLink phone={phone} />}
          <Say press={form.open} name={call.name} />
        </div>
      )}
      {urgent && <WhereList where={call} />}
      {urgent && !form.saying && <Script name={call.name} />}
    </section>
  );
}

/** The quickest answer to who asks for it. */
function TalkInPrivate({ person }: { person: string }) {
  const there = store.people.value.get(person);
  if (there?.place !== "in_class" || there.aside || asideWithMe.value !== null) return null;
  return (
    <button type="button" class="card-button is-call" onClick={() => void talkInPrivate(person)}>
      <Icon name="aside" />
      Talk in private
    </button>
  );
}

/** What to say and do, in this order: for who is frightened, too. */
function Script({ name }: { name: string }) {
  return (
    <ol class="script" aria-label="What to do">
      <li>Say: “{name}, we can see you. Stay where you are. Are you hurt?”</li>
      <li>
        Chest pain, trouble breathing, a knock on the head, cannot get up, or no answer: call <b>999</b> and
        give the place.
      </li>
      <li>Stay with {name} until help is there. The class can wait.</li>
    </ol>
  );
}

/** Stays until the physio has decided: nobody is put out of class by what they say in it. */
function FlagCard({ view }: { view: CheckInView }) {
  return (
    <section class="help-card is-flagged">
      <h2>{view.full_name}</h2>
      <CheckInMark id={view.person} />
      <p>
        <b>{whereFlagged(view)}</b> {whatFlagged(view)}
      </p>
      <WhereToday id={view.person} />
      <div class="row">
        {view.phone && <CallLink phone={view.phone} />}
        <ReadLink view={view} button />
      </div>
    </section>
  );
}

function DroppedCard({ person, form }: { person: UnaccountedView; form: Form }) {
  return (
    <section class="help-card is-dropped">
      <h2>{person.full_name}’s picture stopped</h2>
      <p aria-hidden="true">{duration(serverNow_ms.value - Date.parse(person.since))} ago</p>
      {form.gone && <p>{backWords(person)}</p>}
      {form.saying ? (
        <WhatDone
          id={`drop-${person.person}`}
          name={person.name}
          choices={ACCOUNT_DONE}
          onSave={(done, note) => thenClose(settleDrop(person.person, done, note), form)}
          onCancel={form.close}
        />
      ) : (
        <div class="row">
          {person.phone && <CallLink phone={person.phone} />}
          <Say press={form.open} name={person.name} />
        </div>
      )}
      <WhereList where={{ ...person, phones: [] }} />
    </section>
  );
}

function Say({ press, name }: { press: () => void; name: string }) {
  return (
    <button type="button" class="card-button" onClick={press}>
      What was done<span class="unseen"> for {name}</span>
    </button>
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
