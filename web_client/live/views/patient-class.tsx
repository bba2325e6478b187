/** A patient in class. */
import { isBig } from "../big-picture";
import { serverNow_ms, type Trouble, trouble } from "../derived";
import { store } from "../store";
import { connectingAgain, updatingWords } from "../updating";
import { clockTime, talkUntil } from "../words";
import {
  AskControl,
  BigPictureControl,
  CameraControl,
  HandControl,
  HelpControl,
  LeaveControl,
  MicrophoneControl,
  MoreControl,
} from "./controls";
import { Drawer } from "./drawer";
import { saidOfLine } from "./line-quality";
import { NowCard, warned } from "./now-card";
import { Stage } from "./stage";
import { hasLargeSide, Strip } from "./strip";

export function PatientClass() {
  const open = store.drawer.value !== null;
  return (
    <div class={`class ${shape(open)}`} data-place={store.me.value?.place}>
      <LeaveControl />
      <Where withHeading />
      <Stage />
      <NowCard />
      <Strip />
      <nav class="controls" aria-label="Controls">
        <MicrophoneControl />
        <CameraControl />
        <HandControl />
        <AskControl />
        <BigPictureControl />
        <MoreControl />
      </nav>
      {open && <Drawer />}
      <HelpControl />
      <div class="unseen" role="status">
        {saidOfTrouble(trouble.value)}
      </div>
    </div>
  );
}

function shape(open: boolean): string {
  const shapes = {
    "has-drawer": open,
    "has-side": hasLargeSide(),
    "is-warned": warned.value,
    "is-big": isBig.value,
  };
  return Object.entries(shapes)
    .filter(([, so]) => so)
    .map(([name]) => name)
    .join(" ");
}

/** For screen readers; the time that runs is left out. */
function saidOfTrouble(state: Trouble): string {
  if (state === "updating") return updatingWords();
  if (state === "signalling") return connectingAgain();
  if (state === "none") return saidOfLine();
  return "We have lost you for a moment. Stop and sit down. We are trying to bring you back.";
}

/** For screen readers: which page this is. */
function ClassHeading() {
  const facts = store.facts.value;
  if (!facts) return null;
  return <h1 class="unseen">{`${facts.title}, class ${facts.number} of ${facts.of}`}</h1>;
}

export function Where({ withHeading }: { withHeading?: boolean }) {
  const facts = store.facts.value;
  if (!facts) return null;
  const talk = talkUntil(facts.ends_at, serverNow_ms.value);
  return (
    <header class="where">
      {withHeading && <ClassHeading />}
      <b>
        Class {facts.number} of {facts.of}
      </b>
      <span>
        {clockTime(serverNow_ms.value)}
        {talk && `, ${talk}`}
      </span>
    </header>
  );
}
