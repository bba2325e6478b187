import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { afterEach, beforeEach, test } from "node:test";
import { type Connection, type ConnectionListener, connect } from "../live/connection";
import { SetTime } from "./set-time";
import { SocketServer, type Transport } from "./socket-server";

const RETRY_MS = 500;
const MOST_DELAY_MS = 1000;
const CONNECT = "40";
const EVENT = "42";
const GOODBYE = "41";

let server: SocketServer;
let pages: Connection[];
let time: SetTime;
let told: EventEmitter;

beforeEach(async () => {
  time = new SetTime();
  told = new EventEmitter();
  pages = [];
  server = await SocketServer.open();
});

afterEach(async () => {
  for (const page of pages) page.close();
  await server.close();
  time.end();
});

/** A page of this link is loaded. */
function load(link = "link"): Connection {
  const tell = (what: string) => (view?: unknown) => void told.emit(what, view);
  const listener: ConnectionListener = {
    wantsToJoin: () => true,
    device: () => ({ device: "this-tab", take_over: false }),
    keptPeer: () => null,
    joined: tell("joined"),
    heard: tell("heard"),
    up: tell("up"),
    down: tell("down"),
    elsewhere: tell("elsewhere"),
    refused: tell("refused"),
  };
  const page = connect(link, listener);
  pages.push(page);
  return page;
}

/** The so-many-th line to the server, on which the page of this link has asked to be connected. */
async function asks(number: number, link = "link"): Promise<Transport> {
  const line = await server.transport(number);
  assert.equal(await line.until(CONNECT, 1), `${CONNECT}{"link":"${link}"}`);
  return line;
}

/** The server takes the page in, and it joins. */
async function joins(line: Transport): Promise<void> {
  const joined = once(told, "joined");
  line.say(`${CONNECT}{"sid":"socket"}`);
  const asked = await line.until(EVENT, 1);
  assert.match(asked, /"class:join"/);
  line.say(`43${/^42(\d+)/.exec(asked)?.[1]}[{"ok":true}]`);
  await joined;
}

/** What the server says ends the connection. */
async function loses(line: Transport, said: string): Promise<void> {
  const down = once(told, "down");
  line.say(said);
  await down;
}

/** The server does not take the page in. */
function refusal(code: string): string {
  const error = { code, words: "That cannot be done.", reference: null, detail: null };
  return `44${JSON.stringify({ message: "refused", data: error })}`;
}

test("a page that is opened again before the server has answered asks to be connected once", async () => {
  const page = load();
  const line = await asks(1);
  page.open();
  page.open();
  await joins(line);
  assert.equal(line.count(CONNECT), 1);
});

test("after the server's goodbye the page asks again, and once, though it was opened meanwhile", async () => {
  const page = load();
  const line = await asks(1);
  await joins(line);
  await loses(line, GOODBYE);
  page.open();
  const next = await asks(2);
  time.pass(RETRY_MS);
  await joins(next);
  assert.equal(next.count(CONNECT), 1);
});

test("after the server's goodbye the page asks again by itself", async () => {
  load();
  const line = await asks(1);
  await joins(line);
  await loses(line, GOODBYE);
  time.pass(RETRY_MS);
  await joins(await asks(2));
});

test("a refusal that passes is no reason to stay away, nor to ask twice at once", async () => {
  const page = load();
  await loses(await asks(1), refusal("going_away"));
  page.open();
  const next = await asks(2);
  time.pass(RETRY_MS);
  await joins(next);
  assert.equal(next.count(CONNECT), 1);
});

test("whom the server will not have is told so, and asks no more", async () => {
  load();
  const line = await asks(1);
  const refused = once(told, "refused");
  await loses(line, refusal("no_such_link"));
  assert.equal((await refused)[0].code, "no_such_link");
  time.pass(100 * RETRY_MS);
  load("another");
  await asks(2, "another");
});

test("a line that was lost is made anew by itself, and on it the page asks once", async () => {
  const page = load();
  const line = await asks(1);
  await joins(line);
  const down = once(told, "down");
  line.drop();
  await down;
  page.open();
  time.pass(MOST_DELAY_MS);
  const next = await asks(2);
  page.open();
  await joins(next);
  assert.equal(next.count(CONNECT), 1);
});

test("who has let go of the class is not connected again until the page is opened", async () => {
  const page = load();
  await joins(await asks(1));
  const down = once(told, "down");
  page.close();
  await down;
  time.pass(100 * RETRY_MS);
  load("another");
  await asks(2, "another");
  page.open();
  await joins(await asks(3));
});

test("who lets go of the class just after the server's goodbye is not connected again either", async () => {
  const page = load();
  const line = await asks(1);
  await joins(line);
  await loses(line, GOODBYE);
  page.close();
  time.pass(100 * RETRY_MS);
  load("another");
  await asks(2, "another");
});

test("what the server tells is handed on", async () => {
  load();
  const line = await asks(1);
  await joins(line);
  const heard = once(told, "heard");
  line.say('42["here",{"here":3,"presenter":null}]');
  assert.deepEqual(await heard, ["here"]);
});
