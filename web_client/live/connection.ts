/** The Socket.IO connection: connects, connects again for ever, joins each time, and hands on what it hears. */
import { io } from "socket.io-client";
import type { ErrorView, JoinedAck, ServerEvents } from "./protocol";
import { passes, RefusedError, request, useLine } from "./requests";

export interface ConnectionListener {
  /** May this page join now? False until the person has passed the door. */
  wantsToJoin(): boolean;
  /** Which device this is, and whether the person has chosen it instead of another. */
  device(): { readonly device: string; readonly take_over: boolean };
  /** The peer whose media still flow, to be kept over a lost connection. */
  keptPeer(): string | null;
  joined(ack: JoinedAck): void;
  heard<E extends keyof ServerEvents>(event: E, view: ServerEvents[E]): void;
  up(): void;
  down(): void;
  /** This person is in class on another device: which shall it be? The connection stays, unused. */
  elsewhere(): void;
  /** The server will not have this person; it is of no use to go on trying. */
  refused(error: ErrorView): void;
}

export interface Connection {
  /** Joins at once, or as soon as the socket is connected. */
  join(): void;
  /** Lets go of the class without closing the page. */
  close(): void;
  open(): void;
}

const JOIN_RETRY_MS = 500;
/** All that the server tells, each by name: one that is missing here does not compile. */
const EVENTS: Record<keyof ServerEvents, true> = {
  class: true,
  me: true,
  person: true,
  person_left: true,
  here: true,
  floor: true,
  question: true,
  question_gone: true,
  message: true,
  chat: true,
  help: true,
  unaccounted: true,
  pulse: true,
  card: true,
  slots: true,
  line: true,
  layers: true,
  media_restart: true,
  check_in: true,
  turned_away: true,
  replaced: true,
  going_away: true,
};

/** Starts connecting for the personal link. */
export function connect(link: string, listener: ConnectionListener): Connection {
  const socket = io({
    auth: { link },
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelay: 200,
    reconnectionDelayMax: 1000,
    randomizationFactor: 0.3,
    timeout: 5000,
  });
  let attempt = 0;
  let wanted = true;

  async function join(): Promise<void> {
    if (!socket.connected || !listener.wantsToJoin()) return;
    const mine = ++attempt;
    try {
      const ack = await request("class:join", { peer: listener.keptPeer(), ...listener.device() });
      if (mine !== attempt) return;
      useLine({ socket, joined: true });
      listener.joined(ack);
    } catch (error) {
      if (mine !== attempt) return;
      if (error instanceof RefusedError && error.error.code === "other_device") {
        listener.elsewhere();
        return;
      }
      if (error instanceof RefusedError && !passes(error.error)) {
        giveUp(error.error);
        return;
      }
      setTimeout(() => mine === attempt && void join(), JOIN_RETRY_MS);
    }
  }

  /** Connects, unless that is under way: the server refuses who asks twice over one transport. */
  function reach(): void {
    if (wanted && !socket.active) socket.connect();
  }

  function giveUp(error: ErrorView): void {
    wanted = false;
    socket.disconnect();
    listener.refused(error);
  }

  socket.on("connect", () => {
    useLine({ socket, joined: false });
    listener.up();
    void join();
  });
  socket.on("disconnect", (reason) => {
    attempt++;
    useLine({ socket, joined: false });
    listener.down();
    // A server that restarts may say goodbye first; that is no reason to stay away.
    if (reason === "io server disconnect") setTimeout(reach, JOIN_RETRY_MS);
  });
  socket.on("connect_error", (failure: Error & { data?: ErrorView }) => {
    listener.down();
    // While the socket is active, Socket.IO goes on trying by itself: only the transport failed.
    if (socket.active) return;
    const error = failure.data ?? { code: "refused", words: failure.message, reference: null, detail: null };
    if (passes(error)) setTimeout(reach, JOIN_RETRY_MS);
    else giveUp(error);
  });
  for (const event of Object.keys(EVENTS) as (keyof ServerEvents)[]) {
    socket.on(event, (view: ServerEvents[typeof event]) => listener.heard(event, view));
  }

  return {
    join: () => void join(),
    close: () => {
      attempt++;
      wanted = false;
      socket.disconnect();
    },
    open: () => {
      wanted = true;
      reach();
    },
  };
}
