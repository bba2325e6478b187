/** The door: asks for camera and microphone in plain words, once, before the browser does. */
import { joinWithCamera, joinWithoutCamera } from "../actions";
import { store } from "../store";
import { PhoneLine } from "./blocked";
import { Icon } from "./icons";

export function Door({ entering }: { entering?: boolean }) {
  if (entering || !store.doorReady.value) return <ComingIn />;
  return (
    <main class="plain">
      <div class="sheet">
        <h1>Turn on your camera and microphone</h1>
        <p class="lead-words">Your browser will ask to use your camera and microphone. Choose Allow.</p>
        {store.config.value.role === "patient" && (
          <p>
            <Icon name="lock" /> Only staff can see you. Your microphone is off when you come in.
          </p>
        )}
        <button type="button" class="big go" onClick={joinWithCamera}>
          <Icon name="camera" />
          <span>Turn on camera and microphone</span>
        </button>
        <button type="button" class="big" onClick={joinWithoutCamera}>
          <span>Join without camera</span>
        </button>
        <PhoneLine />
      </div>
    </main>
  );
}

function ComingIn() {
  const down = store.socketDownSince.value;
  const slow = down !== null && store.now.value - down > 4000;
  return (
    <main class="plain">
      <div class="sheet is-quiet" role="status">
        <div class="spin" />
        <h1>{slow ? "We cannot reach the class yet" : "Opening your class"}</h1>
        {store.devices.value.asking && !slow && <p class="lead-words">If your browser asks, choose Allow.</p>}
        {slow && <p class="lead-words">We are trying again. You do not need to press anything.</p>}
        {slow && <PhoneLine />}
      </div>
    </main>
  );
}
