/** The bar of time: one segment for each part, and over them a slider that a finger or the keyboard moves. */
import type { Part } from "./config";
import { make } from "./make";
import { shareBefore } from "./parts";
import type { Playback } from "./playback";
import { spokenOf } from "./words";

export class TimeBar {
  readonly element: HTMLElement;
  readonly slider: HTMLInputElement;
  readonly #playback: Playback;
  readonly #segments: { readonly startMs: number; readonly bar: HTMLElement; readonly done: HTMLElement }[];
  /** While a finger drags, the slider is where the finger is. */
  #dragged = false;

  constructor(playback: Playback, parts: readonly Part[], preview: (ms: number) => void) {
    this.#playback = playback;
    this.slider = make("input", {
      type: "range",
      class: "mr-player__slider",
      min: 0,
      step: "any",
      "aria-label": "Time",
    });
    this.#segments = beginnings(parts).map((startMs) => {
      const done = make("div", { class: "mr-player__done" });
      return { startMs, done, bar: make("div", { class: "mr-player__segment" }, done) };
    });
    const segments = make(
      "div",
      { class: "mr-player__segments", "aria-hidden": "true" },
      ...this.#segments.map((one) => one.bar),
    );
    this.element = make("div", { class: "mr-player__time-bar" }, segments, this.slider);
    this.slider.addEventListener("input", () => {
      this.#dragged = true;
      this.#show(Number(this.slider.value));
      preview(Number(this.slider.value));
    });
    this.slider.addEventListener("change", () => {
      this.#dragged = false;
      playback.seek(Number(this.slider.value));
    });
  }

  /** Draws where the video is. */
  draw(): void {
    if (this.#dragged) return;
    const whole = this.#playback.durationMs;
    this.slider.max = String(whole);
    this.slider.value = String(this.#playback.positionMs);
    this.#show(this.#playback.positionMs);
  }

  #show(ms: number): void {
    const whole = this.#playback.durationMs;
    this.slider.setAttribute("aria-valuetext", spokenOf(ms, whole));
    for (const [index, { startMs, bar, done }] of this.#segments.entries()) {
      const endMs = this.#segments[index + 1]?.startMs ?? whole;
      bar.style.flexGrow = String(Math.max(endMs - startMs, 1));
      done.style.width = `${100 * shareBefore(startMs, endMs, ms)}%`;
    }
  }
}

/** What comes before the first part belongs to the bar too. */
function beginnings(parts: readonly Part[]): number[] {
  const starts = parts.map((one) => one.start_ms);
  return starts[0] === 0 ? starts : [0, ...starts];
}
