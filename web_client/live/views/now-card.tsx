/**
 * The card beside the stage: one thing at a time. What must be noticed first (lost line, a notice, an open
 * call for a rest), else the question that is being answered, else a connection that is not good, else which
 * class this is.
 */

import { computed } from "@preact/signals";
import { endMyHelp, turnSoundOn } from "../actions";
import {
  asideWith,
  helpUntold,
  lead,
  lostFor_ms,
  myHelp,
  openQuestions,
  ownLine,
  serverNow_ms,
  staffOnCall,
  trouble,
} from "../derived";
import { endAside } from "../patient-actions";
import { store } from "../store";
import { connectingAgain, ringIf, updatingWords } from "../updating";
import { capital, clockTime, namesOf, stopwatch, telephone } from "../words";
import { NewCard, unreadCard } from "./cards";
import { Icon } from "./icons";
import { LineCard, levelOf, PoorLine } from "./line-quality";
import { PulseBars, PulseCard } from "./pulse";
import { Said } from "./said";

export function NowCard() {
  return (
    <section class="now" aria-label="What we are doing now">
      <Card />
    </section>
  );
}

/** What must not be missed while the drawer covers the card. */
export function UrgentCard() {
  const card = urgent();
  if (card) return <div class="urgent">{card}</div>;
  const line = ownLine.value;
  if (!line || levelOf(line) !== "poor" || store.soundOnly.value) return null;
  return (
    <div class="urgent">
      <PoorLine line={line} />
    </div>
  );
}

/** A warning or a fault is on the card, which a small screen must not leave to be scrolled to. */
export const warned = computed(
  () =>
    lostFor_ms.value !== null ||
    store.soundBlocked.value ||
    trouble.value !== "none" ||
    helpUntold.value ||
    store.notice.value?.tone === "warning",
);

function Card() {
  return urgent() ?? <ClassCard />;
}

function urgent() {
  const lost = lostFor_ms.value;
  if (lost !== null) return <LostCard lost_ms={lost} />;
  if (store.soundBlocked.value) return <SoundCard />;
  if (trouble.value === "updating") return <NoticeCard tone="warning" text={updatingWords()} />;
  const sending = store.helpSending.value;
  if (sending !== null && sending !== "now") return <SendingCard />;
  const notice = store.notice.value;
  if (notice) return <NoticeCard text={notice.text} tone={notice.tone} />;
  if (trouble.value === "signalling") return <NoticeCard tone="warning" text={connectingAgain()} />;
  const call = myHelp.value;
  if (call && call.kind !== "now") return <HelpCard kind={call.kind} />;
  if (store.me.value?.aside) return <AsideCard />;
  const pulse = store.facts.value?.pulse;
  if (pulse?.closed_at === null && pulse.my_value === null) return <PulseCard pulse={pulse} />;
  const card = unreadCard();
  return card && <NewCard card={card} />;
}

function LostCard({ lost_ms }: { lost_ms: number }) {
  const service = store.facts.value?.service_phone;
  return (
    <>
      <div class="timer">
        <span class="word">Trying for</span>
        <span class="time">{stopwatch(lost_ms)}</span>
      </div>
      <div class="card">
        <p>
          {trouble.value === "told" ? <Told /> : <b>Stop and sit down.</b>}{" "}
          {service && (
            <>
              You can ring us on{" "}
              <a class="number" href={telephone(service)}>
                {service}
              </a>
              .
            </>
          )}
        </p>
      </div>
    </>
  );
}

/** Staff see a dropped patient on the wall at once. */
function Told() {
  const phone = store.me.value?.phone;
  return (
    <>
      {capital(lead.value?.name ?? "your physio")} can see that you have dropped out
      {phone ? (
        <>
          {" "}
          and will ring you on <b class="number">{phone}</b>
        </>
      ) : null}
      .
    </>
  );
}

function SoundCard() {
  return (
    <button type="button" class="big go" onClick={turnSoundOn}>
      <Icon name="sound" />
      <span>Turn sound on</span>
    </button>
  );
}

function NoticeCard({ text, tone }: { text: string; tone: "calm" | "warning" }) {
  return (
    <div class={`card notice is-${tone}`}>
      <Icon name={tone === "calm" ? "tick" : "warning"} />
      <p>
        <Said text={text} />
      </p>
    </div>
  );
}

/** A call for a rest or a private word that has not been acknowledged yet. */
export function SendingCard() {
  if (!helpUntold.value) {
    return (
      <div class="card">
        <b>Telling {namesOf(staffOnCall.value)}…</b>
      </div>
    );
  }
  const words = `We cannot tell the staff yet. We go on trying.${ringIf("If it cannot wait")}`;
  return (
    <div role="alert" class="alerted">
      <NoticeCard tone="warning" text={words} />
    </div>
  );
}

/** An open call for a rest or a private word. */
export function HelpCard({ kind }: { kind: "rest" | "private" }) {
  const staff = staffOnCall.value;
  const need = kind === "rest" ? "need a rest" : "want a private word";
  const knows = `${capital(namesOf(staff))} ${staff.length === 1 ? "knows" : "know"} that you ${need}.`;
  return (
    <div class="card is-help">
      <p>
        <b>{staff.length > 0 ? knows : "No staff are in class now. They will see it when they come in."}</b>
      </p>
      <button type="button" class="small-button" onClick={() => void endMyHelp()}>
        {kind === "rest" ? "I am all right now" : "Not needed any more"}
      </button>
    </div>
  );
}

/** In a side room with one of the staff. */
function AsideCard() {
  const name = capital(asideWith.value);
  return (
    <div class="card is-help">
      <p>
        <b>You are talking with {name}. Nobody else can hear you.</b>{" "}
        {!store.wish.value.microphone && "Press Unmute to talk."}
      </p>
      <button type="button" class="small-button" onClick={() => void endAside()}>
        Back to the group
      </button>
    </div>
  );
}

/** What came out of a question to everyone is shown for so long. */
const BARS_FOR_MS = 60_000;

function isFresh(closed_at: string | null): boolean {
  return closed_at !== null && serverNow_ms.value - Date.parse(closed_at) < BARS_FOR_MS;
}

function ClassCard() {
  const question = openQuestions.value.find((one) => one.state === "answering");
  const facts = store.facts.value;
  if (question) {
    const who = question.answered_by_name ?? lead.value?.name ?? "Your physio";
    return (
      <div class="card is-question">
        <p class="second">
          {who} is answering {question.mine ? "you" : question.asker_name}
        </p>
        <p class="what">“{question.text}”</p>
      </div>
    );
  }
  if (!facts) return null;
  if (facts.pulse?.closed_at === null) return <PulseCard pulse={facts.pulse} />;
  if (facts.pulse && isFresh(facts.pulse.closed_at)) return <PulseBars pulse={facts.pulse} />;
  if (ownLine.value && !store.soundOnly.value) return <LineCard line={ownLine.value} />;
  return (
    <div class="card is-class">
      <p class="what">{facts.title}</p>
      <p class="second">
        Class {facts.number} of {facts.of}, until {clockTime(facts.ends_at)}
      </p>
    </div>
  );
}
