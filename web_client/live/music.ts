/** Music for exercise: a sound file of this device, which the whole class hears beside the presenter's voice. */
import { Mixer } from "./media/mixer";
import { say } from "./notices";
import { type MusicView, NO_MUSIC, store } from "./store";

let mixer: Mixer | null = null;
let opening = 0;

/** Takes a file; it plays when Play is pressed. */
export async function chooseMusic(file: File): Promise<void> {
  const mine = ++opening;
  change({ state: "opening", name: file.name });
  try {
    mixer ??= new Mixer({ playing, interrupted });
    mixer.setVolume(store.music.peek().volume);
    await mixer.open(file);
    if (mine === opening) change({ state: "paused" });
  } catch {
    if (mine === opening) change({ state: "unplayable" });
  }
}

function playing(on: boolean): void {
  const { state } = store.music.peek();
  if (state === "playing" || state === "paused") change({ state: on ? "playing" : "paused" });
}

/** The voice goes on, without the music. */
function interrupted(): void {
  playing(false);
  say("The music has stopped. Your voice goes on. Press Music, then Play, to go on.", "warning", 10_000);
}

/** Plays, or pauses. */
export async function toggleMusic(): Promise<void> {
  const { state } = store.music.peek();
  if (state === "playing") mixer?.pause();
  else if (state === "paused") await mixer?.play().catch(() => change({ state: "unplayable" }));
}

export function setMusicVolume(volume: number): void {
  change({ volume });
  mixer?.setVolume(volume);
}

/** Lets go of the file. */
export function stopMusic(): void {
  opening++;
  mixer?.close();
  mixer = null;
  store.musicPanelOpen.value = false;
  store.music.value = { ...NO_MUSIC, volume: store.music.peek().volume };
}

/** What to send while music plays: it and the microphone; null while none plays. */
export function mixedWith(microphone: MediaStreamTrack | null): MediaStreamTrack | null {
  return store.music.value.state === "playing" ? (mixer?.with(microphone) ?? null) : null;
}

function change(part: Partial<MusicView>): void {
  store.music.value = { ...store.music.peek(), ...part };
}
