/**
 * The media line: keeps one connection up. Negotiates when told to, when the connection fails, and when it
 * stays disconnected; puts into the senders whatever may be sent now, and nothing else.
 */
import type { AnswerAck, Offer, Role } from "../protocol";
import type { MediaState } from "../store";
import { makePeer, type Peer } from "./peer";

const DISCONNECTED_FOR_MS = 4000;
/** A browser says "disconnected" when nothing has come for about this long. */
const SILENT_BEFORE_DISCONNECTED_MS = 5000;
const CONNECTING_FOR_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 5000;

export interface LineListener {
  /** Sends the offer and gives the answer; throws when the server cannot be reached or refuses. */
  negotiate(offer: Offer): Promise<AnswerAck>;
  /** `silent_ms`: for how long nothing had come when the line was found lost. */
  state(state: MediaState, silent_ms: number): void;
  tracks(tracks: ReadonlyMap<string, MediaStreamTrack>): void;
}

/** What may be sent now; null sends nothing at all. */
export interface Sending {
  readonly microphone: MediaStreamTrack | null;
  readonly camera: MediaStreamTrack | null;
}

export class MediaLine {
  /** The server's name for the connection, while it is up. */
  peer: string | null = null;
  private current: Peer | null = null;
  private prepared: { role: Role; peer: Promise<Peer> } | null = null;
  private role: Role = "patient";
  private sending: Sending = { microphone: null, camera: null };
  private attempt = 0;
  private retry_ms = RETRY_FIRST_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wasUp = false;

  constructor(private readonly listener: LineListener) {}

  /** Makes the connection's offer ahead of time, so that joining waits for one round trip less. */
  prepare(role: Role): void {
    const peer = makePeer(role);
    peer.catch(() => undefined);
    this.prepared = { role, peer };
  }

  /** Negotiates anew, at once; a negotiation under way is given up. */
  async negotiate(role: Role): Promise<void> {
    this.role = role;
    const mine = ++this.attempt;
    clearTimeout(this.timer);
    this.peer = null;
    this.listener.state(this.wasUp ? "lost" : "connecting", 0);
    let made: Peer | null = null;
    try {
      made = await this.take(role);
      const answer = await this.listener.negotiate(made.offer);
      if (mine !== this.attempt) return made.pc.close();
      await this.adopt(made, answer);
    } catch {
      made?.pc.close();
      if (mine === this.attempt) this.negotiateLater();
    }
  }

  /** Sends these tracks from now on. */
  send(sending: Sending): void {
    this.sending = sending;
    this.applySending();
  }

  close(): void {
    this.attempt++;
    clearTimeout(this.timer);
    void this.prepared?.peer.then((peer) => peer.pc.close());
    this.prepared = null;
    this.current?.pc.close();
    this.current = null;
    this.peer = null;
    this.wasUp = false;
    this.retry_ms = RETRY_FIRST_MS;
    this.listener.state("none", 0);
    this.listener.tracks(new Map());
  }

  private async take(role: Role): Promise<Peer> {
    const prepared = this.prepared;
    this.prepared = null;
    if (prepared?.role === role) return prepared.peer;
    void prepared?.peer.then((peer) => peer.pc.close());
    return makePeer(role);
  }

  private async adopt(made: Peer, answer: AnswerAck): Promise<void> {
    const old = this.current;
    this.current = made;
    made.pc.onconnectionstatechange = () => this.changed(made);
    // The last pictures of the old connection stay until the new one is up.
    if (old === null) this.listener.tracks(made.tracks);
    this.applySending();
    await made.pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    if (this.current !== made) return;
    this.peer = answer.peer;
    this.timer = setTimeout(() => this.negotiateAgain(made), CONNECTING_FOR_MS);
    this.changed(made);
    old?.pc.close();
  }

  private changed(peer: Peer): void {
    if (peer !== this.current) return;
    const state = peer.pc.connectionState;
    if (state === "connected") {
      clearTimeout(this.timer);
      this.wasUp = true;
      this.retry_ms = RETRY_FIRST_MS;
      this.listener.tracks(peer.tracks);
      this.listener.state("connected", 0);
    } else if (state === "disconnected") {
      this.listener.state("lost", SILENT_BEFORE_DISCONNECTED_MS);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.negotiateAgain(peer), DISCONNECTED_FOR_MS);
    } else if (state === "failed" || state === "closed") {
      this.negotiateAgain(peer);
    }
  }

  private negotiateAgain(peer: Peer): void {
    if (peer === this.current) void this.negotiate(this.role);
  }

  private negotiateLater(): void {
    const wait_ms = this.retry_ms;
    this.retry_ms = Math.min(wait_ms * 2, RETRY_LAST_MS);
    this.timer = setTimeout(() => void this.negotiate(this.role), wait_ms);
  }

  private applySending(): void {
    if (!this.current) return;
    put(this.current.microphone, this.sending.microphone);
    put(this.current.camera, this.sending.camera);
  }
}

const lastPut = new WeakMap<RTCRtpSender, MediaStreamTrack | null>();

/** The browser queues the replaceTrack calls of one sender, so what was put last is what is sent. */
function put(sender: RTCRtpSender, track: MediaStreamTrack | null): void {
  if ((lastPut.get(sender) ?? null) === track) return;
  lastPut.set(sender, track);
  sender.replaceTrack(track).catch(() => lastPut.delete(sender));
}
