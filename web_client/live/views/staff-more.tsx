/** What staff do to the whole class: mute all, lock, ten more minutes, and handing over. */
import { useState } from "preact/hooks";
import { staffHere } from "../derived";
import type { PersonView } from "../protocol";
import { extendClass, handOver, lockClass, lowerAllHands, muteAll, undo } from "../staff-actions";
import { handsUp, mayEnd, undoNow } from "../staff-derived";
import { store } from "../store";
import { clockTime } from "../words";
import { Anchored } from "./anchored";
import { SendCardForm } from "./cards-staff";
import { Icon } from "./icons";
import { SideMenu } from "./side-menu";

const UNDO_WORDS = { mute_all: "Undo mute all", lower_hands: "Undo lower hands" } as const;

export function MuteAll() {
  return (
    <button type="button" class="staff-button only-large" onClick={() => void muteAll()}>
      <Icon name="microphoneOff" />
      Mute all
    </button>
  );
}

/** For as long as it can be taken back; in the bar, where it moves no picture. */
export function Undo() {
  const last = undoNow.value;
  if (last === null) return null;
  return (
    <button type="button" class="staff-button is-undo" onClick={() => void undo(last.kind)}>
      <Icon name="undo" />
      {UNDO_WORDS[last.kind]} ({last.people})
    </button>
  );
}

export function StaffMore() {
  return (
    <Anchored id="staff-more" icon="more" label="More" open={store.staffMoreOpen}>
      <MuteAllOnPhone />
      <LowerHands />
      <Lock />
      <Extend />
      <HandOver />
      <SideMenu />
      <Cards />
    </Anchored>
  );
}

/** On a telephone the header has room for what is needed at once. */
function MuteAllOnPhone() {
  return (
    <button type="button" class="card-button only-phone" onClick={() => void muteAll()}>
      <Icon name="microphoneOff" />
      Mute all
    </button>
  );
}

function LowerHands() {
  const up = handsUp.value.length;
  if (up === 0) return null;
  return (
    <button type="button" class="card-button" onClick={() => void lowerAllHands()}>
      <Icon name="hand" />
      Lower all hands ({up})
    </button>
  );
}

/** Where else there is help, on the page of one patient or of everyone. */
function Cards() {
  const [open, setOpen] = useState(false);
  if (open) return <SendCardForm person={null} stop={() => setOpen(false)} />;
  return (
    <button type="button" class="card-button" onClick={() => setOpen(true)}>
      <Icon name="card" />
      <span>
        Send a card<small>It says where else there is help, and stays on their page.</small>
      </span>
    </button>
  );
}

function Lock() {
  const locked = store.facts.value?.locked ?? false;
  return (
    <button type="button" class="card-button" onClick={() => void lockClass(!locked)}>
      <Icon name={locked ? "unlock" : "lock"} />
      <span>
        {locked ? "Unlock the class" : "Lock the class"}
        <small>
          {locked ? "Locked: nobody new gets in now." : "Nobody new gets in. Whoever was here can come back."}
        </small>
      </span>
    </button>
  );
}

function Extend() {
  const facts = store.facts.value;
  if (!facts || !mayEnd.value) return null;
  return (
    <button type="button" class="card-button" onClick={() => void extendClass()}>
      <Icon name="clock" />
      <span>
        10 more minutes
        <small>Class ends at {clockTime(facts.ends_at)} now.</small>
      </span>
    </button>
  );
}

/** The physio gives the stage to somebody, or takes it back. */
function HandOver() {
  const me = store.me.value;
  const facts = store.facts.value;
  if (me?.role !== "physio" || !facts) return null;
  const others = staffHere.value.filter((one) => one.place === "in_class" && one.id !== facts.presenter);
  const back = facts.presenter !== me.id;
  if (others.length === 0 && !back) return null;
  return (
    <div class="choices">
      <p>
        <b>On the stage: </b>
        {back ? (store.people.value.get(facts.presenter ?? "")?.name ?? "nobody") : "you"}
      </p>
      {back && (
        <button type="button" class="card-button" onClick={() => void handOver(me.id)}>
          Take the stage back
        </button>
      )}
      {others.map((one) => (
        <HandOverTo key={one.id} person={one} />
      ))}
    </div>
  );
}

function HandOverTo({ person }: { person: PersonView }) {
  return (
    <button type="button" class="card-button" onClick={() => void handOver(person.id)}>
      Hand over to {person.name}
    </button>
  );
}
