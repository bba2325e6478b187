/**
 * Full screen: the whole player, so that captions and controls stay. An iPhone can only fill its screen with
 * the video itself; there it draws the captions and the controls of its own.
 */
import type { Captions } from "./captions";

interface OlderElement extends HTMLElement {
  webkitRequestFullscreen?: () => void;
}
interface OlderDocument extends Document {
  readonly webkitFullscreenElement?: Element | null;
  webkitExitFullscreen?: () => void;
}
interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export class FullScreen {
  readonly #player: OlderElement;
  readonly #video: PhoneVideo;
  readonly #page: OlderDocument = document;

  constructor(player: HTMLElement, video: HTMLVideoElement, captions: Captions, changed: () => void) {
    this.#player = player;
    this.#video = video;
    for (const name of ["fullscreenchange", "webkitfullscreenchange"]) {
      document.addEventListener(name, changed);
    }
    video.addEventListener("webkitbeginfullscreen", () => captions.drawnByBrowser(true));
    video.addEventListener("webkitendfullscreen", () => captions.drawnByBrowser(false));
  }

  get isPossible(): boolean {
    const ways: { requestFullscreen?: unknown; webkitRequestFullscreen?: unknown } = this.#player;
    if (ways.requestFullscreen) return document.fullscreenEnabled;
    return Boolean(ways.webkitRequestFullscreen ?? this.#video.webkitEnterFullscreen);
  }

  get on(): boolean {
    return (this.#page.fullscreenElement ?? this.#page.webkitFullscreenElement) === this.#player;
  }

  /** In or out. Where the browser will not, nothing changes. */
  toggle(): void {
    if (this.on) this.#leave();
    else this.#enter();
  }

  #enter(): void {
    const player = this.#player;
    if (player.requestFullscreen) player.requestFullscreen({ navigationUI: "hide" }).catch(() => undefined);
    else if (player.webkitRequestFullscreen) player.webkitRequestFullscreen();
    else this.#video.webkitEnterFullscreen?.();
  }

  #leave(): void {
    if (this.#page.exitFullscreen) this.#page.exitFullscreen().catch(() => undefined);
    else this.#page.webkitExitFullscreen?.();
  }
}
