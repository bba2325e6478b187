/**
 * The media line: keeps one connection up. Restarts ICE when the network changes or nothing comes any more;
 * negotiates anew when told to, when that does not help, and when the connection fails. Puts into the senders
 * whatever may be sent now, and nothing else.
 */
import type { AnswerAck, LayersView, NewIce, Offer, Role } from "../protocol";
import type { MediaState } from "../store";
import { makePeer, type Peer } from "./peer";
import { type SideShown, sideLayersOf } from "./plan";
import { type IceCredentials, restartIce } from "./restart";

/** A browser says "disconnected" when nothing has come for about this long. */
const SILENT_BEFORE_DISCONNECTED_MS = 5000;
/** Many a connection comes back by itself within this. */
const DISCONNECTED_FOR_MS = 1000;
/** After an ICE restart it is up again within two round trips, or this way is none. */
const RESTARTED_FOR_MS = 3000;
const CONNECTING_FOR_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 5000;

export interface LineListener {
  /** Sends the offer and gives the answer; throws when the server cannot be reached or refuses. */
  negotiate(offer: Offer): Promise<AnswerAck>;
  /** Sends our fresh credentials and gives the server's; throws as `negotiate` does. */
  restart(ice: NewIce): Promise<IceCredentials>;
  /** The server's name for the connection, from its answer on; null while there is none. */
  named(peer: string | null): void;
  /** `silent_ms`: for how long nothing had come when the line was found lost. */
  state(state: MediaState, silent_ms: number): void;
  tracks(tracks: ReadonlyMap<string, MediaStreamTrack>): void;
}

/** What may be sent now; null sends nothing at all. */
export interface Sending {
  readonly microphone: MediaStreamTrack | null;
  readonly camera: MediaStreamTrack | null;
  /** Staff only. */
  readonly side?: SideShown | null;
}

/** The connection in use, and the answer it has. */
interface Current extends Peer {
  answer: string;
}

export class MediaLine {
  private name: string | null = null;
  private current: Current | null = null;
  private prepared: { role: Role; peer: Promise<Peer> } | null = null;
  private role: Role = "patient";
  private sending: Sending = { microphone: null, camera: null };
  private layers: LayersView | null = null;
  private restarting: Current | null = null;
  /** An ICE restart has been tried since the connection was last up. */
  private restarted = false;
  private attempt = 0;
  private retry_ms = RETRY_FIRST_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wasUp = false;

  constructor(private readonly listener: LineListener) {}

  /** The connection while it is up, for reading its counts. */
  get up(): RTCPeerConnection | null {
    const pc = this.current?.pc;
    return pc?.connectionState === "connected" ? pc : null;
  }

  /** The server's name of a connection that is up, or that an ICE restart may bring back. */
  get kept(): string | null {
    const state = this.current?.pc.connectionState;
    const comesBack = state === "disconnected" || (state === "connecting" && this.restarted);
    return state === "connected" || comesBack ? this.name : null;
  }

  /** Makes the connection's offer ahead of time, so that joining waits for one round trip less. */
  prepare(role: Role): void {
    const peer = makePeer(role);
    peer.catch(() => undefined);
    this.prepared = { role, peer };
  }

  /** Negotiates anew, at once; a negotiation or an ICE restart under way is given up. */
  async negotiate(role: Role): Promise<void> {
    this.role = role;
    const mine = ++this.attempt;
    clearTimeout(this.timer);
    this.call(null);
    this.restarted = false;
    this.listener.state(this.wasUp ? "lost" : "connecting", 0);
    let made: Peer | null = null;
    try {
      made = await this.take(role);
      const answer = await this.listener.negotiate(made.offer);
      if (mine !== this.attempt) return made.pc.close();
      await this.adopt({ ...made, answer: answer.sdp }, answer);
    } catch {
      made?.pc.close();
      if (mine === this.attempt) this.negotiateLater();
    }
  }

  /** The network may be another one: goes on over it. Negotiates anew where that fails and the line is lost. */
  async restart(): Promise<void> {
    const { current, name, attempt } = this;
    if (!current || name === null || this.restarting === current) return;
    this.restarting = current;
    this.restarted = current.pc.connectionState !== "connected";
    const stillMine = () => attempt === this.attempt && current === this.current;
    try {
      current.answer = await restartIce(current.pc, current.answer, (ours) =>
        this.listener.restart({ peer: name, ...ours }),
      );
      if (stillMine() && current.pc.connectionState !== "connected") {
        this.negotiateUnlessUp(current, RESTARTED_FOR_MS);
      }
    } catch {
      if (stillMine() && current.pc.connectionState !== "connected") this.negotiateAgain(current);
    } finally {
      if (this.restarting === current) this.restarting = null;
    }
  }

  /** Sends these tracks from now on. */
  send(sending: Sending): void {
    this.sending = sending;
    this.applySending();
  }

  /** Of the camera, sends these layers from now on. A new connection begins with all, or with its own. */
  sendLayers(layers: LayersView): void {
    this.layers = layers;
    if (layers.peer === this.name) void this.current?.layers.want(layers.camera);
  }

  close(): void {
    this.attempt++;
    clearTimeout(this.timer);
    void this.prepared?.peer.then((peer) => peer.pc.close());
    this.prepared = null;
    this.current?.pc.close();
    this.current = null;
    this.call(null);
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

  private async adopt(made: Current, answer: AnswerAck): Promise<void> {
    const old = this.current;
    this.current = made;
    made.pc.onconnectionstatechange = () => this.changed(made);
    // The last pictures of the old connection stay until the new one is up.
    if (old === null) this.listener.tracks(made.tracks);
    this.applySending();
    try {
      await made.pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      if (this.current !== made) return;
      this.call(answer.peer);
      // They may have come before the answer was set.
      if (this.layers?.peer === answer.peer) void made.layers.want(this.layers.camera);
      this.negotiateUnlessUp(made, CONNECTING_FOR_MS);
      this.changed(made);
    } finally {
      old?.pc.close();
    }
  }

  private changed(peer: Current): void {
    if (peer !== this.current) return;
    const state = peer.pc.connectionState;
    if (state === "connected") {
      clearTimeout(this.timer);
      this.wasUp = true;
      this.restarted = false;
      this.retry_ms = RETRY_FIRST_MS;
      this.listener.tracks(peer.tracks);
      this.listener.state("connected", 0);
    } else if (state === "disconnected") {
      this.listener.state("lost", SILENT_BEFORE_DISCONNECTED_MS);
      if (this.restarted) this.negotiateUnlessUp(peer, RESTARTED_FOR_MS);
      else this.restartUnlessUp(DISCONNECTED_FOR_MS);
    } else if (state === "failed" || state === "closed") {
      this.negotiateAgain(peer);
    }
  }

  private restartUnlessUp(within_ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.restart(), within_ms);
  }

  private negotiateUnlessUp(peer: Current, within_ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.negotiateAgain(peer), within_ms);
  }

  private negotiateAgain(peer: Current): void {
    if (peer === this.current) void this.negotiate(this.role);
  }

  private negotiateLater(): void {
    const wait_ms = this.retry_ms;
    this.retry_ms = Math.min(wait_ms * 2, RETRY_LAST_MS);
    this.timer = setTimeout(() => void this.negotiate(this.role), wait_ms);
  }

  private call(name: string | null): void {
    this.name = name;
    this.listener.named(name);
  }

  private applySending(): void {
    if (!this.current) return;
    put(this.current.microphone, this.sending.microphone);
    put(this.current.camera, this.sending.camera);
    const { side } = this.current;
    if (!side) return;
    // Before the track: no layer begins that is stopped at once.
    void side.layers.want(sideLayersOf(this.sending.side?.view));
    put(side.sender, this.sending.side?.track ?? null);
  }
}

const lastPut = new WeakMap<RTCRtpSender, MediaStreamTrack | null>();

/** The browser queues the replaceTrack calls of one sender, so what was put last is what is sent. */
function put(sender: RTCRtpSender, track: MediaStreamTrack | null): void {
  if ((lastPut.get(sender) ?? null) === track) return;
  lastPut.set(sender, track);
  sender.replaceTrack(track).catch(() => lastPut.delete(sender));
}
