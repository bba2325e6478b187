/** The loop: own sound and picture to the media server and back, for a few seconds. */
import type { Line } from "./findings";
import { type Counts, lineOf } from "./line-result";

const CONNECT_WITHIN_MS = 12_000;
const FIRST_WITHIN_MS = 8000;
const MEASURE_FOR_MS = 4000;
const LOOK_EVERY_MS = 250;

export interface Own {
  readonly camera: MediaStreamTrack | null;
  readonly microphone: MediaStreamTrack | null;
}

export interface LoopResult {
  readonly line: Line;
  readonly roundTrip_ms: number | null;
  /** What the server said, where it refused. */
  readonly words: string;
}

const NOTHING: LoopResult = { line: "none", roundTrip_ms: null, words: "" };

/** The server has refused, with words for the person. */
class RefusedLoop extends Error {}

/** Sends what there is, a quiet tone where there is no microphone, and says how it came back. */
export async function tryLine(address: string, own: Own): Promise<LoopResult> {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require", iceServers: [] });
  const tone = own.microphone ? null : quietTone();
  try {
    const sent = own.microphone ?? tone?.track ?? null;
    if (sent) pc.addTransceiver(sent, { direction: "sendonly" });
    if (own.camera) pc.addTransceiver(own.camera, { direction: "sendonly" });
    const back = [pc.addTransceiver("audio", { direction: "recvonly" })];
    if (own.camera) back.push(pc.addTransceiver("video", { direction: "recvonly" }));
    await negotiate(pc, address, back);
    const player = play(back);
    const result = await measure(pc, own.camera !== null);
    player.srcObject = null;
    return result;
  } catch (error) {
    return error instanceof RefusedLoop ? { ...NOTHING, words: error.message } : NOTHING;
  } finally {
    pc.close();
    void tone?.context.close();
  }
}

async function negotiate(
  pc: RTCPeerConnection,
  address: string,
  back: readonly RTCRtpTransceiver[],
): Promise<void> {
  await pc.setLocalDescription(await pc.createOffer());
  const sources: Record<string, string> = {};
  const slots: Record<string, string> = {};
  for (const one of pc.getTransceivers()) {
    const isSound = one.receiver.track.kind === "audio";
    if (one.mid === null) throw new Error("the browser gave no mid");
    if (back.includes(one)) slots[one.mid] = isSound ? "own-voice" : "own-picture";
    else sources[one.mid] = isSound ? "microphone" : "camera";
  }
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ sdp: pc.localDescription?.sdp ?? "", sources, slots }),
  });
  const said = (await answer.json()) as { sdp?: string; error?: { words?: string } };
  if (!answer.ok || !said.sdp) throw new RefusedLoop(said.error?.words ?? "");
  await pc.setRemoteDescription({ type: "answer", sdp: said.sdp });
}

/** Some browsers decode only what is played. Without sound: nobody wants to hear her own echo. */
function play(back: readonly RTCRtpTransceiver[]): HTMLVideoElement {
  const player = document.createElement("video");
  player.muted = true;
  player.playsInline = true;
  player.srcObject = new MediaStream(back.map((one) => one.receiver.track));
  player.play().catch(() => undefined);
  return player;
}

async function measure(pc: RTCPeerConnection, withPicture: boolean): Promise<LoopResult> {
  const connected = await until(CONNECT_WITHIN_MS, async () => pc.connectionState === "connected");
  if (!connected) return NOTHING;
  const came = await until(FIRST_WITHIN_MS, async () => {
    const now = await countsOf(pc, withPicture);
    return now.packets > 0 && now.frames !== 0;
  });
  if (!came) return NOTHING;
  const first = await countsOf(pc, withPicture);
  await new Promise((resolve) => setTimeout(resolve, MEASURE_FOR_MS));
  const last = await countsOf(pc, withPicture);
  return { line: lineOf(first, last), roundTrip_ms: last.roundTrip_ms, words: "" };
}

async function until(within_ms: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + within_ms;
  while (performance.now() < end) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}

type Stat = Record<string, unknown> & { type: string; kind?: string };

async function countsOf(pc: RTCPeerConnection, withPicture: boolean): Promise<Counts> {
  let packets = 0;
  let lost = 0;
  let frames: number | null = withPicture ? 0 : null;
  let roundTrip_ms: number | null = null;
  (await pc.getStats()).forEach((one: Stat) => {
    if (one.type === "inbound-rtp") {
      packets += number(one.packetsReceived);
      lost += number(one.packetsLost);
      if (withPicture && one.kind === "video") frames = number(one.framesReceived ?? one.framesDecoded);
    } else if (one.type === "candidate-pair" && one.nominated && one.currentRoundTripTime !== undefined) {
      roundTrip_ms = Math.round(number(one.currentRoundTripTime) * 1000);
    }
  });
  return { at_ms: performance.now(), packets, lost, frames, roundTrip_ms };
}

const number = (value: unknown): number => (typeof value === "number" ? value : 0);

/** A sound to send for those who have no microphone; it is heard by nobody. */
function quietTone(): { context: AudioContext; track: MediaStreamTrack } | null {
  if (typeof AudioContext === "undefined") return null;
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  const out = context.createMediaStreamDestination();
  volume.gain.value = 0.05;
  tone.connect(volume).connect(out);
  tone.start();
  void context.resume().catch(() => undefined);
  const track = out.stream.getAudioTracks()[0];
  return track ? { context, track } : null;
}
