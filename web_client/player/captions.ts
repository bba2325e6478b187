/** The captions, in a band of their own under the picture, as tall as the longest of them needs. */
import { make } from "./make";

export class Captions {
  readonly band: HTMLElement;
  readonly #track: HTMLTrackElement;
  readonly #line: HTMLElement;
  #on = true;

  /** Takes the drawing of captions over from the browser; `missing` is called when the file does not load. */
  constructor(track: HTMLTrackElement, language: string, missing: () => void) {
    this.#track = track;
    this.#line = make("p", { class: "mr-player__line", lang: language });
    this.band = make("div", { class: "mr-player__captions" }, this.#line);
    track.track.mode = "hidden";
    track.track.addEventListener("cuechange", () => this.#draw());
    track.addEventListener("load", () => this.fit());
    const notLoaded = () => {
      this.band.hidden = true;
      missing();
    };
    track.addEventListener("error", notLoaded);
    // The browser fetches the file with the page: what became of it may have been told before we came.
    if (track.readyState === HTMLTrackElement.LOADED) this.fit();
    if (track.readyState === HTMLTrackElement.ERROR) queueMicrotask(notLoaded);
    window.addEventListener("resize", () => this.fit());
  }

  get on(): boolean {
    return this.#on;
  }

  set on(on: boolean) {
    this.#on = on;
    this.band.hidden = !on;
    if (on) this.fit();
  }

  /** Lets the browser draw them over its own full screen picture, where ours cannot be seen. */
  drawnByBrowser(itself: boolean): void {
    this.#track.track.mode = itself && this.#on ? "showing" : "hidden";
  }

  /** Makes room for the longest: nothing below the band may move when one is longer than another. */
  fit(): void {
    const all = [...(this.#track.track.cues ?? [])].map(wordsOf);
    const longest = all.reduce((long, one) => (one.length > long.length ? one : long), "");
    this.band.style.minHeight = "";
    this.#line.textContent = longest;
    const height = this.band.offsetHeight;
    if (height > 0) this.band.style.minHeight = `${height}px`;
    document.documentElement.style.setProperty("--captions", `${height}px`);
    this.#draw();
  }

  #draw(): void {
    this.#line.textContent = [...(this.#track.track.activeCues ?? [])].map(wordsOf).join("\n");
  }
}

function wordsOf(cue: TextTrackCue): string {
  return cue instanceof VTTCue ? (cue.getCueAsHTML().textContent ?? "").trim() : "";
}
