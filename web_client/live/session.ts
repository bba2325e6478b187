/** Holds the page's one session together: the socket, the media line, the own devices, and the store. */
import { batch, effect } from "@preact/signals";
import { apply, applyClass } from "./apply";
import { tellChatSeen } from "./chat-seen";
import { type Connection, connect } from "./connection";
import { trouble } from "./derived";
import { deviceKey, forget, remember } from "./door-memory";
import type { Wanted } from "./media/devices";
import { MediaLine } from "./media/line";
import { onOtherNetwork } from "./media/networks";
import { playVoices } from "./media/sound";
import { stopMusic } from "./music";
import { say } from "./notices";
import { captureForRole, obtainAtDoor, stopCameraWhenTold, stopDevices } from "./own-devices";
import { sendOwnMedia } from "./own-media";
import { followPageHidden, recallChoice, tellOwnView } from "./own-view";
import type { JoinedAck, Role, ServerEvents } from "./protocol";
import { newKey, request } from "./requests";
import { sayIfSideViewIsOff, stopSideView } from "./side-view";
import { type Phase, store } from "./store";
import { watchLine } from "./watch-line";

/** Where the page stands when it joins as soon as it can; when asked, it may be let in meanwhile. */
const JOINING: readonly Phase[] = ["joining", "joined", "elsewhere"];

/** After that a connection is made anew, which may take another way. */
const RESTART_WITHIN_MS = 3000;

let connection: Connection | null = null;
let joinedOnce = false;
let takesOver = false;

const line = new MediaLine({
  negotiate: (offer) => request("media:offer", offer),
  restart: (ice) => request("media:restart", ice, { timeout_ms: RESTART_WITHIN_MS }),
  named: (peer) => {
    store.mediaPeer.value = peer;
  },
  state: (state, silent_ms) =>
    batch(() => {
      store.media.value = state;
      if (state !== "lost") store.mediaLostSince.value = null;
      else store.mediaLostSince.value ??= Date.now() - silent_ms;
    }),
  tracks: (tracks) => {
    store.slotTracks.value = tracks;
  },
});

/** Connects and follows the store from now on. Nothing joins before `enter`. */
export function startSession(expectedRole: Role): void {
  const device = deviceKey(newKey());
  connection = connect(store.config.peek().link, {
    wantsToJoin: () => JOINING.includes(store.phase.peek()),
    device: () => ({ device, take_over: takesOver }),
    elsewhere: () => {
      store.phase.value = "elsewhere";
    },
    keptPeer: () => line.kept,
    joined,
    heard,
    up: () =>
      batch(() => {
        store.socketUp.value = true;
        store.socketDownSince.value = null;
      }),
    down: () =>
      batch(() => {
        store.socketUp.value = false;
        store.socketDownSince.value ??= Date.now();
      }),
    refused: (error) => {
      batch(() => {
        store.refusal.value = error;
        stopMedia();
        store.phase.value = error.code === "class_over" ? "ended" : "refused";
      });
      // The page's address leads on to the step that is missing: date of birth, check-in.
      if (error.code === "step_missing") location.reload();
    },
  });
  line.prepare(expectedRole);
  playVoices();
  setInterval(() => {
    store.now.value = Date.now();
  }, 1000);
  captureForRole();
  stopCameraWhenTold();
  recallChoice();
  followPageHidden(document);
  tellOwnView((view) => request("media:view", view));
  tellChatSeen((up_to) => request("chat:seen", { up_to }));
  watchLine(line, (plays) => request("media:plays", plays));
  onOtherNetwork(window, () => void line.restart());
  sendOwnMedia(line, (own) => request("media:set", own, { tries: 5 }));
  effect(markReturn);
}

/** Past the door: joins, and asks for the devices in the same moment. */
export function enter(wanted: Wanted, role: Role, insteadOfOther = false): void {
  takesOver = insteadOfOther;
  batch(() => {
    store.wish.value = { ...store.wish.peek(), camera: wanted.camera };
    store.phase.value = "joining";
  });
  remember(store.config.peek().link, wanted.camera ? "camera" : "no camera");
  connection?.open();
  connection?.join();
  if (wanted.camera || wanted.microphone) void obtainAtDoor(wanted, role);
}

/** Comes in on this device; the other one is told so. */
export function takeOver(): void {
  takesOver = true;
  store.phase.value = "joining";
  connection?.open();
  connection?.join();
}

/** Leaves the server alone: after Leave, at the end, or when another device took over. */
export function hangUp(): void {
  forget(store.config.peek().link);
  stopMedia();
  connection?.close();
}

/** Takes nothing of the person any more. */
export function stopOwn(): void {
  stopMusic();
  stopDevices();
  stopSideView();
  joinedOnce = false;
}

/** Ends the media; the socket stays. */
export function stopHearing(): void {
  line.close();
  store.mediaLostSince.value = null;
}

function stopMedia(): void {
  stopOwn();
  stopHearing();
  store.updatingSince.value = null;
}

function joined(ack: JoinedAck): void {
  // The offer goes out before the page is drawn: the picture waits for nothing else.
  if (!ack.view.ended) bringMediaUp(ack);
  takesOver = false;
  batch(() => {
    store.updatingSince.value = null;
    applyClass(ack.view);
    if (ack.view.ended) return;
    store.phase.value = "joined";
    if (!joinedOnce) {
      store.wish.value = { ...store.wish.peek(), microphone: ack.view.me.role !== "patient" };
      joinedOnce = true;
      sayIfSideViewIsOff(ack.view.me);
    }
  });
  if (ack.view.ended) hangUp();
}

function bringMediaUp(ack: JoinedAck): void {
  if (ack.media === "needed") void line.negotiate(ack.view.me.role);
  // The socket may have been lost with the network: the media go on over the new one.
  else if (line.up === null) void line.restart();
}

function heard<E extends keyof ServerEvents>(event: E, view: ServerEvents[E]): void {
  if (event === "media_restart") {
    const me = store.me.peek();
    if (me) void line.negotiate(me.role);
    return;
  }
  if (event === "layers") {
    line.sendLayers(view as ServerEvents["layers"]);
    return;
  }
  if (event === "replaced") {
    store.phase.value = "replaced";
    hangUp();
    return;
  }
  if (event === "turned_away") {
    batch(() => {
      store.turnedAway.value = view as ServerEvents["turned_away"];
      store.phase.value = "turned_away";
    });
    hangUp();
    return;
  }
  if (event === "going_away") {
    store.updatingSince.value = Date.now();
    return;
  }
  apply(event, view);
  if (store.phase.peek() === "ended") hangUp();
}

let wasLost = false;

function markReturn(): void {
  const state = trouble.value;
  if (state === "lost" || state === "told" || state === "updating" || state === "signalling") wasLost = true;
  else if (wasLost && state === "none" && store.media.value === "connected") {
    wasLost = false;
    say("You are back.", "calm", 5000);
  }
}
