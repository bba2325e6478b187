/** What to do when the browser gives no camera or microphone: what happened, what still works, what to press. */
import { browserFamily } from "../browser-family";
import { type DeviceWords, deviceWords } from "../device-words";
import { store } from "../store";
import { telephone } from "../words";
import { WhereToPress } from "./where-to-press";

const family = () => browserFamily(navigator.userAgent, navigator.maxTouchPoints);

/** What is said of the own devices now; null while nothing is wrong with them. */
export function wordsOfDevices(): DeviceWords | null {
  const { faults } = store.devices.value;
  if (faults.camera === null && faults.microphone === null) return null;
  return deviceWords(faults, family());
}

/** The words below the headline. */
export function BlockedWords({ words }: { words: DeviceWords }) {
  return (
    <>
      <p>{words.stillWorks}</p>
      {words.advice.map((one) => (
        <p key={one}>{one}</p>
      ))}
      {words.steps.length > 0 && (
        <>
          <p>To turn it on:</p>
          <WhereToPress family={family()} />
          <ol class="steps">
            {words.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
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
