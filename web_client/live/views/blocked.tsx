/** What to do when the browser gives no camera or microphone: what happened, what still works, what to press. */
import type { DeviceFault } from "../media/devices";
import { store } from "../store";
import { telephone } from "../words";

type Family = "iphone" | "android" | "safari" | "firefox" | "chrome";

const STEPS: Readonly<Record<Family, readonly string[]>> = {
  iphone: [
    "Press aA (or the page symbol) at the left of the address bar.",
    "Press Website Settings.",
    "Set Camera and Microphone to Allow, then press Done.",
  ],
  android: [
    "Press the symbol at the left of the address bar.",
    "Press Permissions.",
    "Turn on Camera and Microphone.",
  ],
  safari: [
    "Press Safari in the menu at the top, then Settings for this website.",
    "Set Camera and Microphone to Allow.",
  ],
  firefox: [
    "Press the crossed-out camera at the left of the address bar.",
    "Press the cross beside Blocked.",
  ],
  chrome: ["Press the symbol at the left of the address bar.", "Turn on Camera and Microphone."],
};

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
      {fault === "blocked" ? (
        <>
          <p>To turn it on:</p>
          <ol class="steps">
            {STEPS[browserFamily(navigator.userAgent)].map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
      ) : (
        <p>{ADVICE[fault]}</p>
      )}
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

/** Which browser's words fit, from its user agent. */
export function browserFamily(agent: string): Family {
  if (/iPad|iPhone|iPod/.test(agent)) return "iphone";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Android/.test(agent)) return "android";
  if (/Safari\//.test(agent) && !/Chrom(e|ium)\//.test(agent)) return "safari";
  return "chrome";
}
