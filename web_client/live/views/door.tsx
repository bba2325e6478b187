/** The door: asks for camera and microphone in plain words, once, before the browser does. */
import { useRef } from "preact/hooks";
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

/** After this long it is said that it takes long, whatever the reason; sooner where the line is gone. */
const SLOW_MS = 8000;
const GONE_MS = 4000;

function ComingIn() {
  const since = useRef(Date.now());
  const down = store.socketDownSince.value;
  const now = store.now.value;
  const slow = (down !== null && now - down > GONE_MS) || now - since.current > SLOW_MS;
  return (
    <main class="plain">
      <div class="sheet is-quiet" role="status">
        <div class="spin" />
        <h1>{slow ? "We cannot reach the class yet" : "Opening your class"}</h1>
        {store.devices.value.asking && <p class="lead-words">If your browser asks, choose Allow.</p>}
        {slow && <p class="lead-words">We are trying again. You do not need to press anything.</p>}
        {slow && <PhoneLine />}
      </div>
    </main>
  );
}
