/** What has come over a connection so far, as the browser counts it (webrtc-stats). */

/** The counts of one track; those that this browser does not keep are 0. */
export interface TrackCounts {
  readonly bytes: number;
  readonly frames: number;
  /** For how long the picture has stood still, beyond what its frame rate explains. */
  readonly frozen_ms: number;
  /** How much sound was made up because it had not come; silence is not counted. */
  readonly concealed_ms: number;
}

export interface Received {
  readonly bytes: number;
  readonly byTrack: ReadonlyMap<string, TrackCounts>;
  /** How often a packet was asked for again. */
  readonly asked_again: number;
  readonly rtt_ms: number;
}

interface Inbound {
  readonly type: string;
  readonly trackIdentifier?: string;
  readonly bytesReceived?: number;
  readonly framesDecoded?: number;
  readonly totalFreezesDuration?: number;
  readonly concealedSamples?: number;
  readonly silentConcealedSamples?: number;
  readonly nackCount?: number;
  /** Of a candidate pair: in use, and the seconds there and back. */
  readonly nominated?: boolean;
  readonly currentRoundTripTime?: number;
}

/** Opus is decoded at 48 kHz. */
const SAMPLES_PER_MS = 48;

/** Reads the counts of a connection. */
export async function receivedBy(pc: RTCPeerConnection): Promise<Received> {
  return countsIn((await pc.getStats()) as unknown as ReadonlyMap<string, Inbound>);
}

/** The counts in a report. What belongs to the connection as a whole is counted with it (RTCP among it). */
export function countsIn(report: ReadonlyMap<string, Inbound>): Received {
  const byTrack = new Map<string, TrackCounts>();
  let transport = 0;
  let tracks = 0;
  let asked_again = 0;
  let rtt_ms = 0;
  for (const one of report.values()) {
    if (one.type === "transport") transport += one.bytesReceived ?? 0;
    if (one.type === "candidate-pair" && one.nominated) rtt_ms = (one.currentRoundTripTime ?? 0) * 1000;
    if (one.type !== "inbound-rtp") continue;
    asked_again += one.nackCount ?? 0;
    tracks += one.bytesReceived ?? 0;
    if (one.trackIdentifier === undefined) continue;
    byTrack.set(one.trackIdentifier, {
      bytes: one.bytesReceived ?? 0,
      frames: one.framesDecoded ?? 0,
      frozen_ms: (one.totalFreezesDuration ?? 0) * 1000,
      concealed_ms: ((one.concealedSamples ?? 0) - (one.silentConcealedSamples ?? 0)) / SAMPLES_PER_MS,
    });
  }
  return { bytes: Math.max(transport, tracks), byTrack, asked_again, rtt_ms };
}
