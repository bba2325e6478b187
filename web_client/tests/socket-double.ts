/** A server whose answers the test gives, one by one. */
import type { Socket } from "socket.io-client";
import { useLine } from "../live/requests";

export interface Asked {
  readonly event: string;
  readonly payload: unknown;
}

export function serverOf(joined = true): { asked: Asked[]; answer: (ack: unknown) => Promise<void> } {
  const asked: Asked[] = [];
  const open: ((ack: unknown) => void)[] = [];
  const emitWithAck = (event: string, payload: unknown) =>
    new Promise((resolve) => {
      asked.push({ event, payload });
      open.push(resolve);
    });
  const socket = { connected: true, timeout: () => ({ emitWithAck }) } as unknown as Socket;
  useLine({ socket, joined });
  return {
    asked,
    answer: async (ack) => {
      open.shift()?.(ack);
      await settled();
    },
  };
}

/** Lets promises run that wait for nothing more. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
