/** "Do you need help?": one press is enough; no press within ten seconds is taken for yes. */
import { useEffect, useState } from "preact/hooks";
import { askHelp, closeDialog, endMyHelp, toggleMicrophone } from "../actions";
import { helpUntold, inClass, lead, lostFor_ms, myHelp, outOfReach, staffOnCall } from "../derived";
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
    <Dialog title="Do you need help?">
      {outOfReach.value && <RingInstead />}
      <button type="button" class="big red" onClick={() => void askHelp("now")}>
        <Icon name="help" />
        <span>
          I need help now<small>A fall, chest pain, dizzy, or frightened</small>
        </span>
      </button>
      <p class="countdown">
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
  const phone = store.me.value?.phone;
  return (
    <Dialog
      key={sent ? "sent" : "sending"}
      title={cannotTell ? "We cannot tell the staff yet" : sentTitle(sent, staff)}
      readFirst
    >
      {cannotTell && <RingInstead />}
      {!sent && (
        <p>
          <b>We go on trying until they know.</b>
        </p>
      )}
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

/** The line on which staff would be told is away: the telephone is not. */
function RingInstead() {
  const phone = store.config.value.service_phone;
  return (
    <p role="alert">
      <b>
        Your call cannot reach the staff for a moment.{" "}
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

function sentTitle(sent: boolean, staff: readonly PersonView[]): string {
  if (staff.length === 0) return "No staff are in class at the moment";
  if (!sent) return `Telling ${namesOf(staff)}`;
  return `${capital(namesOf(staff))} ${staff.length === 1 ? "knows" : "know"} you need help`;
}

/** Only what is true now: a switched-off camera or microphone sends nothing, in need as at any time. */
function SeenAndHeard() {
  if (!inClass.value) return null;
  if (lostFor_ms.value !== null) return <>We have lost the connection. We are trying to bring you back.</>;
  const { camera_on, microphone_on } = store.me.value ?? { camera_on: false, microphone_on: false };
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
