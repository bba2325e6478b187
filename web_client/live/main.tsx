import "../styles/class-room.css";
import { options, render } from "preact";
import { joinWithCamera, joinWithoutCamera } from "./actions";
import { goOnAfterClass } from "./after-class";
import { announceNews } from "./announced";
import { readConfig } from "./config";
import { recall } from "./door-memory";
import { whenFit } from "./fit-browser";
import { followFocus } from "./focus";
import { soundAlarms } from "./help-now";
import { listenToKeys } from "./keys";
import { alreadyAllowed } from "./media/devices";
import { followHeight, followTitle, keepAwakeInClass } from "./screen";
import { startSession } from "./session";
import { store } from "./store";
import { App } from "./views/app";

store.config.value = readConfig(document);
whenFit(document, start);

function start(): void {
  startSession(store.config.peek().role ?? "patient");
  passDoorIfOpen();
  followHeight();
  followTitle();
  keepAwakeInClass();
  goOnAfterClass();
  soundAlarms();
  listenToKeys(document);
  announceNews();

  // Drawing waits for its turn: what is to be sent to the server goes out first.
  options.debounceRendering = (draw) => setTimeout(draw);
  const root = document.getElementById("class");
  if (!root) return;
  root.replaceChildren();
  render(<App />, root);
  followFocus(root);
}

/** Straight in for who was in already in this tab, and where the browser need not be asked. */
function passDoorIfOpen(): void {
  const before = recall(store.config.peek().link);
  if (before === "camera") joinWithCamera();
  else if (before === "no camera") joinWithoutCamera();
  else void joinIfAllowed();
}

async function joinIfAllowed(): Promise<void> {
  if (await alreadyAllowed()) joinWithCamera();
  else store.doorReady.value = true;
}
