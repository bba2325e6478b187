/** The pages after class, and those of who is not in class here. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { chooseThisDevice, chooseThisDeviceAgain, comeBack, stayOnOther } from "../actions";
import { afterClass } from "../after-class";
import { helpLeftUntold } from "../help-now";
import { store } from "../store";
import { PhoneLine } from "./blocked";

/** Each is a page of its own, that came by itself: the keyboard and the screen reader start at its heading. */
export function Ending() {
  const sheet = useRef<HTMLDivElement>(null);
  const phase = store.phase.value;
  useEffect(() => {
    const heading = sheet.current?.querySelector("h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  }, [phase]);
  return (
    <main class="plain">
      <div class="sheet" ref={sheet}>
        {helpLeftUntold.value && <HelpUntold />}
        <Words />
        <PhoneLine />
      </div>
    </main>
  );
}

/** The class was over, or elsewhere, before the call for help was sent. */
function HelpUntold() {
  return (
    <p role="alert" class="lead-words">
      <b>You asked for help. We could not tell the staff.</b> Ring us now, or someone near you. In an
      emergency ring <a href="tel:999">999</a>.
    </p>
  );
}

function Words() {
  switch (store.phase.value) {
    case "ended":
      return <Finished />;
    case "left":
      return (
        <>
          <h1>You have left the class</h1>
          <p class="lead-words">Your camera and microphone are off.</p>
          <div role="status">
            {store.leaveUntold.value && (
              <p>
                We have not been able to tell the staff yet that you have left. Please keep this page open for
                a minute, or ring us.
              </p>
            )}
          </div>
          <Main onPress={comeBack}>Go back into class</Main>
        </>
      );
    case "turned_away":
      return <TurnedAway />;
    case "elsewhere":
      return <WhichDevice />;
    case "stayed":
      return (
        <>
          <h1>You stay on your other device</h1>
          <p class="lead-words">Your camera and microphone are off here. You can close this page.</p>
          <Other onPress={chooseThisDeviceAgain}>Use this one instead</Other>
        </>
      );
    case "replaced":
      return (
        <>
          <h1>You are in class on your other device now</h1>
          <p class="lead-words">
            It may also be another window on this one. Your camera and microphone are off here. You can close
            this page.
          </p>
          <Main onPress={chooseThisDeviceAgain}>Use this one instead</Main>
        </>
      );
    default:
      return <NotHere />;
  }
}

/** The patient did nothing wrong, and nobody may be watching over her. */
function WithoutStaff() {
  return (
    <>
      <h1>Class has stopped</h1>
      <p class="lead-words" role="status">
        We are sorry. The staff lost their connection and did not come back, so class has ended.
      </p>
      <p>Please stop exercising and sit down. Your camera and microphone are off.</p>
      <p>
        If you do not feel well, or want to talk about today, ring us. In an emergency ring{" "}
        <a href="tel:999">999</a>.
      </p>
      <p>
        <a href={afterClass()}>What comes next</a>
      </p>
    </>
  );
}

function Finished() {
  const me = store.me.value;
  if (store.facts.value?.ended_unattended && me?.role === "patient") return <WithoutStaff />;
  return (
    <>
      <h1>Class has finished</h1>
      {me?.name && (
        <p class="lead-words" role="status">
          {me.role === "patient" ? `Well done, ${me.name}.` : `Thank you, ${me.name}.`}
        </p>
      )}
      <p>Your camera and microphone are off.</p>
      <p>
        <a href={afterClass()}>What comes next</a>
      </p>
    </>
  );
}

function TurnedAway() {
  const told = store.turnedAway.value;
  return (
    <>
      <h1>{store.wasLetIn.value ? "You are not in class any more" : "You cannot join class today"}</h1>
      <p class="lead-words">{told?.words}</p>
      <p>Your camera is off. You can close this page.</p>
    </>
  );
}

function WhichDevice() {
  return (
    <>
      <h1>You are in class on another device</h1>
      <p class="lead-words">Use this one instead? You keep your place in class.</p>
      <Main onPress={chooseThisDevice}>Yes, use this one</Main>
      <Other onPress={stayOnOther}>No, stay on the other</Other>
    </>
  );
}

const HEADINGS: Readonly<Record<string, string>> = {
  too_early: "You are early",
  class_full: "This class is full",
  class_cancelled: "This class is cancelled",
  link_replaced: "This link has been replaced",
  link_ended: "Your link has ended",
  step_missing: "One more step before class",
  not_today: "You cannot join class today",
  taken_out: "You cannot come back to this class",
  class_locked: "You cannot come in now",
};
/** What a later try may find otherwise. */
const AGAIN: readonly string[] = ["too_early", "class_full", "class_locked", "step_missing"];

function NotHere() {
  const refusal = store.refusal.value;
  const code = refusal?.code ?? "";
  return (
    <>
      <h1>{HEADINGS[code] ?? "You cannot join from this page"}</h1>
      <p class="lead-words">{refusal?.words}</p>
      {AGAIN.includes(code) && <Main onPress={() => location.reload()}>Try again</Main>}
    </>
  );
}

interface ButtonProps {
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}

function Main({ onPress, children }: ButtonProps) {
  return (
    <button type="button" class="big go" onClick={onPress}>
      <span>{children}</span>
    </button>
  );
}

function Other({ onPress, children }: ButtonProps) {
  return (
    <button type="button" class="big" onClick={onPress}>
      <span>{children}</span>
    </button>
  );
}
