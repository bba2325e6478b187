/** Moving pictures: whoever is in a slot, and the own camera. Always fitted, never cropped. */
import { useEffect, useRef, useState } from "preact/hooks";
import { followPicture } from "../media/pictures";
import { store } from "../store";

interface SlotVideoProps {
  readonly slot: string;
  /** Who is in the slot; the picture is hidden until a frame has come since that changed. */
  readonly person: string | null;
  /** Told whether a frame of this person has come. */
  readonly onPicture?: (shown: boolean) => void;
}

export function SlotVideo({ slot, person, onPicture }: SlotVideoProps) {
  const element = useRef<HTMLVideoElement>(null);
  const [shown, setShown] = useState(false);
  const track = store.slotTracks.value.get(slot) ?? null;

  useEffect(() => attach(element.current, track), [track]);
  useEffect(() => (element.current ? followPicture(slot, element.current) : undefined), [slot]);
  useEffect(() => {
    const tell = (now: boolean) => {
      setShown(now);
      onPicture?.(now);
    };
    tell(false);
    if (person === null || !element.current) return;
    return onNextFrame(element.current, () => tell(true));
  }, [track, person]);

  return <video ref={element} data-slot={slot} class={shown ? "" : "is-blank"} autoplay playsinline muted />;
}

export function OwnVideo() {
  const element = useRef<HTMLVideoElement>(null);
  const track = store.devices.value.camera;
  useEffect(() => attach(element.current, track), [track]);
  return <video ref={element} class="is-mirrored" autoplay playsinline muted />;
}

/** What the group sees beside the own picture; not mirrored. */
export function SideVideo() {
  const element = useRef<HTMLVideoElement>(null);
  const track = store.side.value?.track ?? null;
  useEffect(() => attach(element.current, track), [track]);
  return <video ref={element} autoplay playsinline muted />;
}

function attach(element: HTMLVideoElement | null, track: MediaStreamTrack | null): void {
  if (!element) return;
  element.muted = true;
  element.srcObject = track && new MediaStream([track]);
  if (track) element.play().catch(() => undefined);
}

/** Calls back on the first frame from now; gives a function that stops waiting. */
function onNextFrame(element: HTMLVideoElement, then: () => void): () => void {
  if (typeof element.requestVideoFrameCallback === "function") {
    const handle = element.requestVideoFrameCallback(then);
    return () => element.cancelVideoFrameCallback(handle);
  }
  element.addEventListener("timeupdate", then, { once: true });
  return () => element.removeEventListener("timeupdate", then);
}
