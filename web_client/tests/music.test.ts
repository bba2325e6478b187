import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { chooseMusic, setMusicVolume, stopMusic, toggleMusic } from "../live/music";
import { sending, switchedOn } from "../live/own-media";
import { store } from "../live/store";
import { inClassAs } from "./class-state";

const MIXED = { kind: "audio" } as MediaStreamTrack;
const heard: string[] = [];

/** A node that keeps whom it is connected to, by name. */
class Node {
  gain = { value: 1 };
  stream = { getAudioTracks: () => [MIXED] };
  readonly name: string;
  constructor(name: string | Context) {
    this.name = typeof name === "string" ? name : "limiter";
  }
  connect(to: Node): Node {
    heard.push(`${this.name} to ${to.name}`);
    return to;
  }
  disconnect(): void {
    heard.push(`${this.name} off`);
  }
}

class Context {
  static last: Context;
  destination = new Node("loudspeakers");
  gain = new Node("loudness");
  private gains = [new Node("level"), this.gain];
  constructor() {
    Context.last = this;
  }
  createGain = () => this.gains.pop();
  createMediaStreamDestination = () => new Node("sent");
  createMediaElementSource = () => new Node("music");
  createMediaStreamSource = () => new Node("microphone");
  resume = async () => {};
  close = async () => {};
  state = "running";
  onstatechange: (() => void) | null = null;
}

class Player {
  static last: Player;
  oncanplay = () => {};
  onerror = () => {};
  onplay: (() => void) | null = null;
  onpause: (() => void) | null = null;
  url = "";
  constructor() {
    Player.last = this;
  }
  get src(): string {
    return this.url;
  }
  set src(url: string) {
    this.url = url;
    if (url) setImmediate(() => (file.name.endsWith(".mp3") ? this.oncanplay() : this.onerror()));
  }
  removeAttribute = () => {
    this.url = "";
  };
  play = async () => this.onplay?.();
  pause = () => this.onpause?.();
}

let file: File;
const choose = (name: string) => {
  file = { name } as File;
  return chooseMusic(file);
};

Object.assign(globalThis, {
  AudioContext: Context,
  DynamicsCompressorNode: Node,
  MediaStream: class {},
  Audio: Player,
});
Object.assign(URL, { createObjectURL: () => "blob:file", revokeObjectURL: () => {} });

const said = () => store.notice.value?.text ?? "";
const microphone = { enabled: false } as MediaStreamTrack;

beforeEach(() => {
  stopMusic();
  inClassAs("Hannah", "physio");
  heard.length = 0;
  microphone.enabled = false;
  store.devices.value = { ...store.devices.value, microphone };
  store.wish.value = { microphone: true, camera: false };
});

test("without music the microphone itself is sent, and nothing while it is off", () => {
  assert.equal(sending().microphone, microphone);
  store.wish.value = { microphone: false, camera: false };
  assert.equal(sending().microphone, null);
});

test("while music plays, it and the microphone are sent as one; muted, only the microphone goes silent", async () => {
  await choose("march.mp3");
  assert.equal(sending().microphone, microphone, "nothing is mixed before it plays");
  await toggleMusic();
  assert.equal(sending().microphone, MIXED);
  assert.ok(heard.includes("music to loudness") && heard.includes("loudness to loudspeakers"));
  assert.ok(heard.includes("microphone to limiter") && !heard.includes("microphone to loudspeakers"));
  assert.ok(heard.includes("limiter to level") && heard.includes("level to sent"));
  assert.equal(microphone.enabled, true);
  store.wish.value = { microphone: false, camera: false };
  assert.equal(sending().microphone, MIXED);
  assert.equal(microphone.enabled, false);
  assert.equal(switchedOn().microphone_on, true, "the group hears the music");
});

test("paused or removed, and muted: nothing is sent", async () => {
  await choose("march.mp3");
  await toggleMusic();
  store.wish.value = { microphone: false, camera: false };
  await toggleMusic();
  assert.equal(sending().microphone, null);
  assert.equal(switchedOn().microphone_on, false);
  await toggleMusic();
  stopMusic();
  assert.equal(sending().microphone, null);
  assert.equal(store.music.value.name, "");
});

test("music plays also where there is no microphone, and with another one when that changes", async () => {
  store.devices.value = { ...store.devices.value, microphone: null };
  await choose("march.mp3");
  await toggleMusic();
  assert.equal(sending().microphone, MIXED);
  heard.length = 0;
  store.devices.value = { ...store.devices.value, microphone };
  sending();
  store.devices.value = { ...store.devices.value, microphone: { enabled: true } as MediaStreamTrack };
  sending();
  assert.deepEqual(heard, ["microphone to limiter", "microphone off", "microphone to limiter"]);
});

test("the pause key of the keyboard is heard of; nothing is mixed then", async () => {
  await choose("march.mp3");
  await toggleMusic();
  Player.last.onpause?.();
  assert.equal(store.music.value.state, "paused");
  assert.equal(sending().microphone, microphone);
});

test("a file that cannot be played is said, and another one can be chosen; the volume stays", async () => {
  setMusicVolume(20);
  await choose("letter.docx");
  assert.equal(store.music.value.state, "unplayable");
  await choose("march.mp3");
  assert.equal(store.music.value.state, "paused");
  assert.equal(store.music.value.volume, 20);
  assert.ok(Math.abs(Context.last.gain.gain.value - 0.04) < 1e-9);
});

test("when the device stops the mixing, as for a call, the voice goes on by itself, and it is said", async () => {
  await choose("march.mp3");
  Context.last.state = "suspended";
  Context.last.onstatechange?.();
  assert.equal(store.music.value.state, "paused", "before it plays that is nothing");
  store.notice.value = null;
  Context.last.state = "running";
  await toggleMusic();
  assert.equal(sending().microphone, MIXED);
  Context.last.state = "suspended";
  Context.last.onstatechange?.();
  assert.equal(store.music.value.state, "paused");
  assert.equal(sending().microphone, microphone);
  assert.match(said(), /The music has stopped. Your voice goes on/);
});

test("a browser that cannot mix says that the file cannot be played", async () => {
  Object.assign(globalThis, {
    AudioContext: class {
      constructor() {
        throw new Error("too many");
      }
    },
  });
  await choose("march.mp3");
  Object.assign(globalThis, { AudioContext: Context });
  assert.equal(store.music.value.state, "unplayable");
  await choose("march.mp3");
  assert.equal(store.music.value.state, "paused");
});
