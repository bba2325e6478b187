/** What to do when the browser gives no camera or microphone: what happened, what still works, what to press. */
import { browserFamily, STEPS } from "../browser-family";
import type { DeviceFault } from "../media/devices";
import { store } from "../store";
import { telephone } from "../words";
import { WhereToPress } from "./where-to-press";

const HEADLINES: Readonly<Record<DeviceFault, string>> = {
  blocked: "Your camera is blocked",
  missing: "We cannot find a camera or microphone",
  busy: "Another program is using your camera",
  unsupported: "This browser cannot use your camera",
};

const ADVICE: Readonly<Record<Exclude<DeviceFault, "blocked">, string>> = {
  missing: "If yours has a plug, plug it in. Then press Try again.",
  busy: "Close other video programs, such as Zoom, Teams or FaceTime. Then press Try again.",
  unsupported: "Open your link in a newer Chrome, Safari, Edge or Firefox.",
};

export function headlineOf(fault: DeviceFault): string {
  const { microphone, camera } = store.devices.value;
  if (fault === "blocked" && camera && !microphone) return "Your microphone is blocked";
  if (fault === "missing" && camera) return "We cannot find a microphone";
  if (fault === "missing" && microphone) return "We cannot find a camera";
  return HEADLINES[fault];
}

/** The words below the headline. */
export function BlockedWords({ fault }: { fault: DeviceFault }) {
  return (
    <>
      <p>You can still join and hear everything.</p>
      {fault === "blocked" ? <HowToUnblock /> : <p>{ADVICE[fault]}</p>}
    </>
  );
}

function HowToUnblock() {
  const family = browserFamily(navigator.userAgent, navigator.maxTouchPoints);
  return (
    <>
      <p>To turn it on:</p>
      <WhereToPress family={family} />
      <ol class="steps">
        {STEPS[family].map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </>
  );
}

export function PhoneLine() {
  const phone = store.config.value.service_phone;
  if (!phone) return null;
  return (
    <p class="phone-line">
      Need help? Ring us on <a href={telephone(phone)}>{phone}</a>.
    </p>
  );
}
