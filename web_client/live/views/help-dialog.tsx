/** "Do you need help?": one press is enough; no press within ten seconds is taken for yes. */
import { useEffect, useState } from "preact/hooks";
import { askHelp, closeDialog, endMyHelp, toggleMicrophone } from "../actions";
import {
  asideWith,
  helpUntold,
  inClass,
  lead,
  lostFor_ms,
  myHelp,
  outOfReach,
  staffOnCall,
} from "../derived";
import { helpUnanswered } from "../help-now";
import type { PersonView } from "../protocol";
import { store } from "../store";
import { capital, namesOf, telephone } from "../words";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { Said } from "./said";

const SENT_BY_ITSELF_AFTER_S = 10;

export function HelpDialog() {
  const [left_s, setLeft] = useState(SENT_BY_ITSELF_AFTER_S);
  useEffect(() => {
    if (left_s <= 0) {
      void askHelp("now");
      return;
    }
    const timer = setTimeout(() => setLeft(left_s - 1), 1000);
    return () => clearTimeout(timer);
  }, [left_s]);
  const name = lead.value?.name ?? "Your physio";
  return (
    <Dialog title="Do you need help?" describedBy="help-by-itself">
      {outOfReach.value && <RingInstead />}
      <button type="button" class="big red" onClick={() => void askHelp("now")}>
        <Icon name="help" />
        <span>
          I need help now<small>A fall, chest pain, dizzy, or frightened</small>
        </span>
      </button>
      <p class="countdown" id="help-by-itself">
        If you press nothing, we send this in <b>{left_s === 1 ? "1 second" : `${left_s} seconds`}</b>.
      </p>
      <progress max={SENT_BY_ITSELF_AFTER_S} value={left_s} aria-hidden="true" />
      {inClass.value && (
        <button type="button" class="big" onClick={() => void askHelp("rest")}>
          <Icon name="rest" />
          <span>
            I need a rest<small>{name} sees it. You stay in class.</small>
          </span>
        </button>
      )}
      <button type="button" class="big" onClick={() => void askHelp("private")}>
        <Icon name="lock" />
        <span>I want a private word</span>
      </button>
      <button type="button" class="big" onClick={closeDialog}>
        <Icon name="cross" />
        <span>I am fine, go back</span>
      </button>
      <ServicePhone />
    </Dialog>
  );
}

export function HelpSent() {
  const sent = myHelp.value !== null;
  const cannotTell = !sent && helpUntold.value;
  const staff = cannotTell ? [] : staffOnCall.value;
  const seenBy = myHelp.value?.seen_by_name ?? null;
  const phone = store.me.value?.phone;
  return (
    <Dialog
      key={sent ? `sent, seen by ${seenBy}` : "sending"}
      title={cannotTell ? "We cannot tell the staff yet" : sentTitle(sent, staff, seenBy)}
      readFirst
    >
      {cannotTell && <RingInstead />}
      {!cannotTell && helpUnanswered.value && <RingInstead why="Nobody has answered yet." />}
      {!sent && (
        <p>
          <b>We go on trying until they know.</b>
        </p>
      )}
      {sent && staff.length > 0 && seenBy === null && <p>It sounds on their screen until they answer.</p>}
      {staff.length === 0 && !cannotTell && (
        <p>
          <b>Ring us now, or someone near you.</b>
        </p>
      )}
      <p>
        <b>Sit down if you can. Stay where you are.</b> {staff.length > 0 && <SeenAndHeard />}
      </p>
      <p>
        Ring <b>999</b> at once for chest pain, or if you cannot get up.
      </p>
      {phone && (
        <p>
          We may ring you on <b>{phone}</b>.
        </p>
      )}
      <ServicePhone />
      {sent && store.notice.value?.tone === "warning" && (
        <p role="alert">
          <b>
            <Said text={store.notice.value.text} />
          </b>
        </p>
      )}
      <button type="button" class="big go" onClick={() => void endMyHelp()}>
        <Icon name="tick" />
        <span>I am all right now</span>
      </button>
      {inClass.value && !store.wish.value.microphone && (
        <button type="button" class="big" onClick={() => void toggleMicrophone()}>
          <Icon name="microphone" />
          <span>
            Turn my microphone on<small>Staff hear you, and so does the group.</small>
          </span>
        </button>
      )}
    </Dialog>
  );
}

/** The line on which staff would be told is away, or they do not answer: the telephone is there. */
function RingInstead({ why = "Your call cannot reach the staff for a moment." }: { why?: string }) {
  const phone = store.config.value.service_phone;
  return (
    <p role="alert">
      <b>
        {why}{" "}
        {phone ? (
          <>
            Ring us on <a href={telephone(phone)}>{phone}</a>.
          </>
        ) : (
          "Ask someone near you."
        )}{" "}
        In an emergency ring <a href="tel:999">999</a>.
      </b>
    </p>
  );
}

/** That somebody knows is said when one of them has said so, not before. */
function sentTitle(sent: boolean, staff: readonly PersonView[], seenBy: string | null): string {
  if (seenBy !== null) return `${seenBy} knows you need help`;
  if (staff.length === 0) return "No staff are in class at the moment";
  return sent ? `We are calling ${namesOf(staff)}` : `Telling ${namesOf(staff)}`;
}

/** Only what is true now: a switched-off camera or microphone sends nothing, in need as at any time. */
function SeenAndHeard() {
  if (!inClass.value) return null;
  if (lostFor_ms.value !== null) return <>We have lost the connection. We are trying to bring you back.</>;
  const { camera_on, microphone_on } = store.me.value ?? { camera_on: false, microphone_on: false };
  if (store.me.value?.aside && (camera_on || microphone_on)) {
    return <>{capital(asideWith.value)} is with you.</>;
  }
  if (camera_on && microphone_on) return <>They can see and hear you.</>;
  if (camera_on) return <>They can see you. Your microphone is off.</>;
  if (microphone_on) return <>They can hear you. Your camera is off.</>;
  return <>Your camera and microphone are off.</>;
}

function ServicePhone() {
  const phone = store.config.value.service_phone;
  if (!phone) return null;
  return (
    <p class="phone-line">
      Our phone: <a href={telephone(phone)}>{phone}</a>
    </p>
  );
}
