/** The one state of the device check. `actions.ts` puts it here, the views read. */
import { computed, signal } from "@preact/signals";
import { browserFamily } from "../live/browser-family";
import type { DeviceConfig } from "./config";
import { type Findings, NOTHING_TRIED, notPassed } from "./findings";
import { jointRemedy } from "./remedies";

export const state = {
  config: signal<DeviceConfig>({ line: "", service_phone: "" }),
  /** The person has begun: the browser was asked for camera and microphone. */
  begun: signal(false),
  /** The browser is asking. */
  asking: signal(false),
  camera: signal<MediaStreamTrack | null>(null),
  microphone: signal<MediaStreamTrack | null>(null),
  cameras: signal<readonly MediaDeviceInfo[]>([]),
  microphones: signal<readonly MediaDeviceInfo[]>([]),
  /** 0 to 100. */
  level: signal(0),
  /** The test sound plays; it has been played. */
  playing: signal(false),
  played: signal(false),
  /** The loop through the server is under way. */
  trying: signal(false),
  /** What the server said when it refused the loop. */
  lineWords: signal(""),
  roundTrip_ms: signal<number | null>(null),
  found: signal<Findings>(NOTHING_TRIED),
};

export const family = browserFamily(navigator.userAgent, navigator.maxTouchPoints);

/** What to do where neither camera nor microphone can be had; null while one of them can. */
export const neither = computed(() =>
  jointRemedy(state.found.value.camera, state.found.value.microphone, family),
);

export const missing = computed(() => notPassed(state.found.value));

export function note(change: Partial<Findings>): void {
  state.found.value = { ...state.found.peek(), ...change };
}
