/**
 * Requests to the server. Each is acknowledged: with what was asked for, or with why it was not done.
 * What is written carries a key, so that sending again after a lost acknowledgement writes once.
 */
import type { Socket } from "socket.io-client";
import type { ClientEvents, ErrorView } from "./protocol";

export type EventName = keyof ClientEvents;
export type Accepted<E extends EventName> = Extract<ClientEvents[E]["ack"], { ok: true }>;

/** The server would not; `message` is in words for the person. */
export class RefusedError extends Error {
  constructor(readonly error: ErrorView) {
    const { words, reference } = error;
    super(reference && !words.includes(reference) ? `${words} (${reference})` : words);
  }
}

/** No acknowledgement came. */
export class UnreachableError extends Error {
  constructor() {
    super("We could not reach the class. Your connection may be slow.");
  }
}

export interface Patience {
  /** How long to wait for each acknowledgement. */
  readonly timeout_ms?: number;
  /** How often to send; more than once only for what may be sent twice. */
  readonly tries?: number;
  /** Somebody waits to hear of it: what the server could not store is not sent again by itself. */
  readonly saidAtOnce?: boolean;
}

interface Line {
  readonly socket: Socket | null;
  /** The server has acknowledged class:join on this connection. */
  readonly joined: boolean;
}

/** Refusals that the next moment may lift. */
const PASSING: readonly string[] = ["not_connected", "dropped_out", "too_fast", "going_away"];

/** Whether it is of use to send the same again: the server stumbled, or has lost sight of us. */
export function passes(error: ErrorView): boolean {
  return error.reference !== null || PASSING.includes(error.code);
}

const RETRY_PAUSE_MS = 400;
const NEEDS_NO_JOIN: readonly EventName[] = ["class:join", "class:leave"];

let line: Line = { socket: null, joined: false };
const watchers = new Set<() => void>();

/** Tells this module which connection to use, and whether it is joined. */
export function useLine(next: Line): void {
  line = next;
  for (const wake of [...watchers]) wake();
}

/** Sends a request and gives its acknowledgement; throws RefusedError or UnreachableError. */
export async function request<E extends EventName>(
  event: E,
  payload: ClientEvents[E]["request"],
  { timeout_ms = 5000, tries = 1, saidAtOnce = false }: Patience = {},
): Promise<Accepted<E>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(event, payload, timeout_ms);
    } catch (error) {
      if (attempt >= tries) throw error;
      if (error instanceof RefusedError && !passes(error.error)) throw error;
      if (error instanceof RefusedError && saidAtOnce && error.error.code === "not_stored") throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
  }
}

async function sendOnce<E extends EventName>(
  event: E,
  payload: ClientEvents[E]["request"],
  timeout_ms: number,
): Promise<Accepted<E>> {
  const socket = NEEDS_NO_JOIN.includes(event) ? line.socket : await joinedSocket(timeout_ms);
  if (!socket?.connected) throw new UnreachableError();
  let ack: ClientEvents[E]["ack"];
  try {
    ack = await socket.timeout(timeout_ms).emitWithAck(event, payload);
  } catch {
    throw new UnreachableError();
  }
  if (!ack.ok) throw new RefusedError(ack.error);
  return ack as Accepted<E>;
}

/** The socket as soon as it is connected and joined; never leaves a request in the socket's own buffer. */
function joinedSocket(timeout_ms: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(null), timeout_ms);
    const look = () => {
      if (line.socket?.connected && line.joined) settle(line.socket);
    };
    const settle = (socket: Socket | null) => {
      clearTimeout(timer);
      watchers.delete(look);
      if (socket) resolve(socket);
      else reject(new UnreachableError());
    };
    watchers.add(look);
    look();
  });
}

/** A fresh key for something that is written. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
}
