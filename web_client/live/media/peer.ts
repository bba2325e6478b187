/** One RTCPeerConnection, built after a plan, and its offer. */
import type { Offer, Role } from "../protocol";
import { SentLayers } from "./layers";
import { type MediaPlan, planFor } from "./plan";

export interface Peer {
  readonly pc: RTCPeerConnection;
  readonly microphone: RTCRtpSender;
  readonly camera: RTCRtpSender;
  readonly layers: SentLayers;
  /** Staff only: a second camera, or the screen. */
  readonly side: { readonly sender: RTCRtpSender; readonly layers: SentLayers } | null;
  /** By slot name, the track that plays whoever is forwarded into it. */
  readonly tracks: ReadonlyMap<string, MediaStreamTrack>;
  readonly offer: Offer;
}

/** The codecs that the server forwards; asking for no others keeps the offer small. */
const CODECS = { audio: ["audio/opus"], video: ["video/VP8", "video/rtx"] } as const;

/** Makes the connection and its offer; nothing is sent yet, and the server knows nothing of it. */
export async function makePeer(role: Role): Promise<Peer> {
  const plan = planFor(role);
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require", iceServers: [] });
  const microphone = pc.addTransceiver("audio", { direction: "sendonly" });
  const camera = pc.addTransceiver("video", { direction: "sendonly", sendEncodings: copied(plan.layers) });
  const side =
    plan.sideLayers === null
      ? null
      : pc.addTransceiver("video", { direction: "sendonly", sendEncodings: copied(plan.sideLayers) });
  const slots = plan.slots.map((slot) => ({
    name: slot.name,
    transceiver: pc.addTransceiver(slot.kind, { direction: "recvonly" }),
  }));
  for (const one of pc.getTransceivers()) preferCodecs(one);
  await pc.setLocalDescription(await pc.createOffer());
  return {
    pc,
    microphone: microphone.sender,
    camera: camera.sender,
    layers: new SentLayers(camera.sender),
    side: side && { sender: side.sender, layers: new SentLayers(side.sender) },
    tracks: new Map(slots.map(({ name, transceiver }) => [name, transceiver.receiver.track])),
    offer: {
      sdp: pc.localDescription?.sdp ?? "",
      sources: {
        [midOf(microphone)]: "microphone",
        [midOf(camera)]: "camera",
        ...(side && { [midOf(side)]: "side" }),
      },
      slots: Object.fromEntries(slots.map(({ name, transceiver }) => [midOf(transceiver), name])),
    },
  };
}

function copied(layers: MediaPlan["layers"]): RTCRtpEncodingParameters[] {
  return layers.map((layer) => ({ ...layer }));
}

function preferCodecs(transceiver: RTCRtpTransceiver): void {
  const kind = transceiver.receiver.track.kind === "audio" ? "audio" : "video";
  const known = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? [];
  const wanted = known.filter((codec) => CODECS[kind].some((name) => name === codec.mimeType));
  if (wanted.length > 0) transceiver.setCodecPreferences?.(wanted);
}

function midOf(transceiver: RTCRtpTransceiver): string {
  if (transceiver.mid === null) throw new Error("the browser gave no mid");
  return transceiver.mid;
}
