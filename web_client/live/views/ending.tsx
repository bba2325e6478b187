/** The pages after class, and those of who is not in class here. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { chooseThisDevice, chooseThisDeviceAgain, comeBack, stayOnOther } from "../actions";
import { afterClass } from "../after-class";
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
        <Words />
        <PhoneLine />
      </div>
    </main>
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
          <Main onPress={comeBack}>Go back into class</Main>
        </>
      );
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

function Finished() {
  const me = store.me.value;
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
};
/** What a later try may find otherwise. */
const AGAIN: readonly string[] = ["too_early", "class_full"];

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
