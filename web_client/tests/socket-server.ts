/**
 * A Socket.IO server of one page: it keeps what the page sends, and answers only what a test has it say.
 *
 * Engine.IO 4 over WebSocket (RFC 6455). A message begins with "4" and the kind of Socket.IO packet: "0" CONNECT,
 * "1" DISCONNECT, "2" EVENT, "3" ACK, "4" CONNECT_ERROR.
 */
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const OPENED =
  '0{"sid":"transport","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}';
const TEXT = 0x81;
const CLOSE = 0x88;
const LONG = 126;

/** One WebSocket, from its opening to its end. */
export class Transport {
  readonly heard: string[] = [];
  private rest = Buffer.alloc(0);
  private readonly waiting = new Set<() => void>();

  constructor(private readonly stream: Duplex) {
    stream.on("data", (piece: Buffer) => this.take(piece));
    stream.on("error", () => stream.destroy());
    this.say(OPENED);
  }

  say(text: string): void {
    const body = Buffer.from(text);
    const length = body.length < LONG ? [body.length] : [LONG, body.length >> 8, body.length & 0xff];
    this.stream.write(Buffer.concat([Buffer.from([TEXT, ...length]), body]));
  }

  /** Ends without a word, as when the network goes. */
  drop(): void {
    this.stream.destroy();
  }

  /** How many messages have come that begin so. */
  count(start: string): number {
    return this.heard.filter((each) => each.startsWith(start)).length;
  }

  /** Waits until so many messages have come that begin so; gives the last of them. */
  async until(start: string, times: number): Promise<string> {
    while (this.count(start) < times) await new Promise<void>((resolve) => this.waiting.add(resolve));
    return this.heard.filter((each) => each.startsWith(start)).at(-1) ?? "";
  }

  private take(piece: Buffer): void {
    this.rest = Buffer.concat([this.rest, piece]);
    for (let frame = this.next(); frame !== null; frame = this.next()) {
      if (frame.head === TEXT) this.heard.push(frame.text);
      else if (frame.head === CLOSE) this.stream.end();
    }
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  /** The next whole frame, which browsers mask (section 5.3); null while it has not come. */
  private next(): { head: number; text: string } | null {
    if (this.rest.length < 2) return null;
    const isLong = (this.rest.readUInt8(1) & 0x7f) === LONG;
    const at = isLong ? 8 : 6;
    if (this.rest.length < at) return null;
    const length = isLong ? this.rest.readUInt16BE(2) : this.rest.readUInt8(1) & 0x7f;
    if (this.rest.length < at + length) return null;
    const mask = this.rest.subarray(at - 4, at);
    const body = this.rest.subarray(at, at + length).map((byte, index) => byte ^ mask.readUInt8(index % 4));
    const head = this.rest.readUInt8(0);
    this.rest = this.rest.subarray(at + length);
    return { head, text: Buffer.from(body).toString() };
  }
}

/** Listens on a port of its own, which a page takes for where it was loaded from. */
export class SocketServer {
  private readonly transports: Transport[] = [];
  private readonly streams = new Set<Duplex>();
  private waiting: (() => void) | null = null;

  private constructor(private readonly server: Server) {
    server.on("upgrade", (request, stream) => {
      const accept = createHash("sha1")
        .update(`${request.headers["sec-websocket-key"]}${GUID}`)
        .digest("base64");
      stream.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
          `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      this.streams.add(stream);
      this.transports.push(new Transport(stream));
      this.waiting?.();
    });
  }

  static async open(): Promise<SocketServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    Object.assign(globalThis, { location: new URL(`http://127.0.0.1:${port}/`) });
    return new SocketServer(server);
  }

  /** The page's so-many-th transport, as soon as it is there. */
  async transport(number: number): Promise<Transport> {
    for (;;) {
      const found = this.transports[number - 1];
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }

  async close(): Promise<void> {
    for (const stream of this.streams) stream.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
