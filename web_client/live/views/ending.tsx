/** The pages after class, and those of who cannot be in class here. */
import { comeBack } from "../actions";
import { store } from "../store";
import { PhoneLine } from "./blocked";

export function Ending() {
  const phase = store.phase.value;
  const name = store.me.value?.name;
  return (
    <main class="plain">
      <div class="sheet">
        {phase === "ended" && (
          <>
            <h1>Class has finished</h1>
            {name && (
              <p class="lead-words">
                {store.me.value?.role === "patient" ? `Well done, ${name}.` : `Thank you, ${name}.`}
              </p>
            )}
            <p>Your camera and microphone are off. You can close this page.</p>
          </>
        )}
        {phase === "left" && (
          <>
            <h1>You have left the class</h1>
            <p class="lead-words">Your camera and microphone are off.</p>
            <ComeBack label="Go back into class" />
          </>
        )}
        {phase === "replaced" && (
          <>
            <h1>You are in class on another device</h1>
            <p class="lead-words">Or in another window on this one. Use this one instead?</p>
            <ComeBack label="Use this one" />
          </>
        )}
        {phase === "refused" && (
          <>
            <h1>
              {store.refusal.value?.code === "too_early" ? "You are early" : "You cannot join from this page"}
            </h1>
            <p class="lead-words">{store.refusal.value?.words}</p>
            {store.refusal.value?.code === "too_early" && (
              <button type="button" class="big go" onClick={() => location.reload()}>
                <span>Try again</span>
              </button>
            )}
          </>
        )}
        <PhoneLine />
      </div>
    </main>
  );
}

function ComeBack({ label }: { label: string }) {
  return (
    <button type="button" class="big go" onClick={comeBack}>
      <span>{label}</span>
    </button>
  );
}
