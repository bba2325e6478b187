/** Music for exercise: a button beside the presenter's controls, and a panel above it. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { chooseMusic, setMusicVolume, stopMusic, toggleMusic } from "../actions";
import { store } from "../store";
import { Icon } from "./icons";

/** Only who is heard by everyone brings music; who has brought some keeps it. */
export function Music() {
  const { state } = store.music.value;
  const presents = store.facts.value?.presenter === store.me.value?.id;
  if (!presents && state === "none") return null;
  const open = store.musicPanelOpen.value;
  const playing = state === "playing";
  return (
    <div class="music-anchor">
      <button
        type="button"
        class={`staff-button ${playing ? "is-live" : ""}`}
        aria-expanded={open}
        aria-controls="music-panel"
        onClick={() => {
          store.musicPanelOpen.value = !open;
        }}
      >
        <Icon name="music" />
        {playing ? "Music: on" : "Music"}
      </button>
      {open && <MusicPanel />}
    </div>
  );
}

function MusicPanel() {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const panel = box.current;
    const button = panel?.parentElement?.querySelector("button");
    panel?.querySelector<HTMLElement>("button, input")?.focus();
    return () => {
      if (panel?.contains(document.activeElement)) button?.focus();
    };
  }, []);
  const { state, name } = store.music.value;
  const ready = state === "paused" || state === "playing";
  return (
    <section ref={box} id="music-panel" class="music-panel" aria-label="Music">
      <h2>Music</h2>
      {state !== "none" && (
        <b class="music-name" title={name}>
          {name}
        </b>
      )}
      {ready && <Player />}
      <div class="music-row">
        <FileChoice />
        {state !== "none" && (
          <button type="button" class="card-button" onClick={stopMusic}>
            Remove
          </button>
        )}
      </div>
      <p class="music-note" role="status">
        {noteFor(state)}
      </p>
    </section>
  );
}

function noteFor(state: typeof store.music.value.state): string {
  if (state === "opening") return "Opening the file.";
  if (state === "unplayable") {
    return "This file cannot be played. Choose another one: MP3, M4A and WAV files work.";
  }
  if (state === "none") return "Everyone in class hears it, under your voice. The file stays on this device.";
  if (state === "paused") return "Press Play, and everyone in class hears it. At its end it starts again.";
  return store.wish.value.microphone
    ? "Everyone in class hears it, under your voice. At its end it starts again."
    : "Your microphone is off. The music goes on: everyone hears it.";
}

function FileChoice() {
  const { name } = store.music.value;
  const choose = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    input.value = "";
    if (file) void chooseMusic(file);
  };
  return (
    <label class="card-button">
      <input class="unseen" type="file" accept="audio/*" onChange={choose} />
      {name === "" ? "Choose a music file" : "Choose another"}
    </label>
  );
}

function Player() {
  const { state, volume } = store.music.value;
  const playing = state === "playing";
  return (
    <div class="music-row">
      <button type="button" class="card-button is-call" onClick={() => void toggleMusic()}>
        <Icon name={playing ? "pause" : "play"} />
        {playing ? "Pause" : "Play"}
      </button>
      <label class="music-volume">
        <span>Volume</span>
        <input
          type="range"
          min="0"
          max="100"
          step="5"
          value={volume}
          aria-valuetext={`${volume} percent`}
          onInput={(event) => setMusicVolume(Number(event.currentTarget.value))}
        />
      </label>
    </div>
  );
}
