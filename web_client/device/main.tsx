import "../styles/device.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { release } from "./actions";
import { readConfig } from "./config";
import { family, missing, state } from "./state";
import { App } from "./views/app";

state.config.value = readConfig(document);
const root = document.getElementById("device-check");
if (root) {
  root.replaceChildren();
  render(<App />, root);
}

/** The form below the steps takes what they find: sending it is the server's page, not ours. */
const form = document.getElementById("device-form");
effect(() => {
  const found = { ...state.found.value, family };
  for (const [name, value] of Object.entries(found)) {
    const field = form?.querySelector<HTMLInputElement>(`input[name="${name}"]`);
    if (field) field.value = value;
  }
  const go = form?.querySelector<HTMLButtonElement>("[data-continue]");
  if (!go) return;
  go.hidden = !state.begun.value;
  const passed = missing.value.length === 0;
  go.textContent = passed ? "This works, continue" : "Continue all the same";
  go.classList.toggle("nhsuk-button--secondary", !passed);
});
window.addEventListener("pagehide", release);
