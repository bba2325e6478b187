/** The row of controls: a drawing and words on each, always in the same order. */
import { SPEEDS } from "./choices";
import { STEP_MS } from "./keys";
import { button, drawing, make, relabel } from "./make";
import { clockOf } from "./words";

/** What the controls ask for. */
export interface Wishes {
  readonly toggle: () => void;
  readonly step: (ms: number) => void;
  readonly captions: () => void;
  readonly speed: (speed: number) => void;
  readonly mirror: () => void;
  readonly fullScreen: () => void;
}

/** What the controls show. */
export interface Shown {
  readonly isPlaying: boolean;
  readonly isAtEnd: boolean;
  readonly positionMs: number;
  readonly durationMs: number;
  readonly captions: boolean;
  readonly speed: number;
  readonly mirror: boolean;
  readonly isFullScreen: boolean;
}

export class Controls {
  readonly element: HTMLElement;
  readonly play: HTMLButtonElement;
  readonly #time = make("p", { class: "mr-player__time" });
  readonly #captions: HTMLButtonElement;
  readonly #speed: HTMLSelectElement;
  readonly #mirror: HTMLButtonElement;
  readonly #fullScreen: HTMLButtonElement;

  constructor(wishes: Wishes, canFillTheScreen: boolean) {
    this.play = button("play", "Play", wishes.toggle);
    this.play.classList.add("mr-player__play");
    this.#captions = button("captions", "Captions", wishes.captions);
    this.#speed = make("select", { "aria-label": "Speed" }, ...SPEEDS.map(speedOption));
    this.#speed.addEventListener("change", () => wishes.speed(Number(this.#speed.value)));
    this.#mirror = button("mirror", "Mirror", wishes.mirror);
    this.#fullScreen = button("fullScreen", "Full screen", wishes.fullScreen);
    this.#fullScreen.hidden = !canFillTheScreen;
    this.element = make(
      "div",
      { class: "mr-player__controls", role: "group", "aria-label": "Controls" },
      make(
        "div",
        { class: "mr-player__row" },
        this.play,
        button("back", "Back 10\u00a0s", () => wishes.step(-STEP_MS)),
        button("on", "On 10\u00a0s", () => wishes.step(STEP_MS)),
      ),
      this.#time,
      make(
        "div",
        { class: "mr-player__row" },
        this.#captions,
        make("div", { class: "mr-player__button mr-player__speed" }, drawing("speed"), this.#speed),
        this.#mirror,
        this.#fullScreen,
      ),
    );
  }

  draw(shown: Shown): void {
    if (shown.isPlaying) relabel(this.play, "pause", "Pause");
    else relabel(this.play, "play", shown.isAtEnd ? "Play again" : "Play");
    this.showTime(shown.positionMs, shown.durationMs);
    this.#captions.setAttribute("aria-pressed", String(shown.captions));
    this.#mirror.setAttribute("aria-pressed", String(shown.mirror));
    this.#speed.value = String(shown.speed);
    relabel(this.#fullScreen, "fullScreen", shown.isFullScreen ? "Small screen" : "Full screen");
  }

  /** There are none to turn on or off. */
  withoutCaptions(): void {
    this.#captions.hidden = true;
  }

  showTime(ms: number, wholeMs: number): void {
    const words = clockOf(ms, wholeMs);
    if (this.#time.textContent !== words) this.#time.textContent = words;
  }
}

function speedOption(speed: number): HTMLOptionElement {
  return make("option", { value: speed, selected: speed === 1 }, `Speed ${speed}`);
}
