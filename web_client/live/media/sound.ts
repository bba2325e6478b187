/** Plays the voices: one audio element per slot, kept outside the page's tree so that no view can silence them. */
import { effect } from "@preact/signals";
import { store } from "../store";

const elements = new Map<string, HTMLAudioElement>();

/** Follows the store's slot tracks; gives a function that stops. */
export function playVoices(): () => void {
  return effect(() => {
    const tracks = store.slotTracks.value;
    for (const [slot, track] of tracks) if (track.kind === "audio") play(slot, track);
    for (const slot of [...elements.keys()]) if (!tracks.has(slot)) stop(slot);
  });
}

/** Starts every voice again, from within a press of a button, where the browser had blocked them. */
export async function unblockSound(): Promise<void> {
  const started = await Promise.allSettled([...elements.values()].map((one) => one.play()));
  store.soundBlocked.value = started.some((one) => one.status === "rejected" && isBlocked(one.reason));
}

function play(slot: string, track: MediaStreamTrack): void {
  const element = elements.get(slot) ?? new Audio();
  elements.set(slot, element);
  const playing = element.srcObject instanceof MediaStream ? element.srcObject.getTracks()[0] : null;
  if (playing === track) return;
  element.srcObject = new MediaStream([track]);
  element.play().catch((error: unknown) => {
    if (isBlocked(error)) store.soundBlocked.value = true;
  });
}

function stop(slot: string): void {
  const element = elements.get(slot);
  if (element) element.srcObject = null;
  elements.delete(slot);
}

function isBlocked(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NotAllowedError";
}
