/**
 * What a person's one media connection is made of: what is sent, and the receive-only slots. Agreed with
 * the server (`docs/protocol.md`); who is in which slot comes later, as `slots` messages.
 */
import type { Role, SideViewName } from "../protocol";
import type { LayerName } from "./layers";

export interface Slot {
  readonly name: string;
  readonly kind: "audio" | "video";
}

export interface MediaPlan {
  readonly capture: MediaTrackConstraints;
  /** Simulcast layers of the camera, lowest first. */
  readonly layers: readonly RTCRtpEncodingParameters[];
  /** Those of the side view; null where there is none. */
  readonly sideLayers: readonly RTCRtpEncodingParameters[] | null;
  readonly slots: readonly Slot[];
}

/** What staff show beside their own picture. */
export interface SideShown {
  readonly view: SideViewName;
  readonly track: MediaStreamTrack;
}

const PATIENT: MediaPlan = {
  capture: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 20 } },
  layers: [
    { rid: "l", scaleResolutionDownBy: 2, maxBitrate: 120_000, maxFramerate: 20 },
    { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 400_000, maxFramerate: 20 },
  ],
  sideLayers: null,
  slots: [
    ...video("stage", "side", "mate0", "mate1", "mate2", "mate3"),
    ...audio("stage-voice", "side-voice", "voice0", "voice1", "voice2"),
  ],
};

const SEATS = Array.from({ length: 16 }, (_, seat) => `seat${seat}`);
const COLLEAGUES = ["staff0", "staff1"];

const STAFF: MediaPlan = {
  capture: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 25 } },
  layers: [
    { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 150_000, maxFramerate: 25 },
    { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 500_000, maxFramerate: 25 },
    { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 1_500_000, maxFramerate: 25 },
  ],
  sideLayers: [
    { rid: "l", scaleResolutionDownBy: 2, maxBitrate: 200_000, maxFramerate: 20 },
    { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 800_000, maxFramerate: 20 },
  ],
  slots: [...video(...SEATS, ...COLLEAGUES), ...audio(...SEATS.map(voiceOf), ...COLLEAGUES.map(voiceOf))],
};

function video(...names: string[]): Slot[] {
  return names.map((name) => ({ name, kind: "video" }));
}

function audio(...names: string[]): Slot[] {
  return names.map((name) => ({ name, kind: "audio" }));
}

function voiceOf(slot: string): string {
  return `${slot}-voice`;
}

const SCREEN_LAYERS: readonly LayerName[] = ["h"];

/** Which layers of the side view are sent; null: all. Half as large, a screen could not be read. */
export function sideLayersOf(view: SideViewName | undefined): readonly LayerName[] | null {
  return view === "screen" ? SCREEN_LAYERS : null;
}

/** The plan for a role; physio and helper have the same. */
export function planFor(role: Role): MediaPlan {
  return role === "patient" ? PATIENT : STAFF;
}
