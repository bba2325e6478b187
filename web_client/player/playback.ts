/** The video, in milliseconds, and what a person does with it. */

const END_SLACK_MS = 400;

export class Playback {
  readonly video: HTMLVideoElement;
  readonly #durationMs: number;
  readonly #beforeLeap: ((fromMs: number) => void)[] = [];
  readonly #beforeNewTime: (() => void)[] = [];

  /** `durationMs` is what the server measured: used until the browser knows it. */
  constructor(video: HTMLVideoElement, durationMs: number) {
    this.video = video;
    this.#durationMs = durationMs;
  }

  get positionMs(): number {
    return this.video.currentTime * 1000;
  }

  get durationMs(): number {
    const known = this.video.duration;
    return Number.isFinite(known) && known > 0 ? known * 1000 : this.#durationMs;
  }

  get isPlaying(): boolean {
    return !this.video.paused && !this.video.ended;
  }

  /** Whether nothing is left to play. */
  get isAtEnd(): boolean {
    return this.video.ended || this.positionMs >= this.durationMs - END_SLACK_MS;
  }

  /** Starts or goes on; from the end, from the beginning. A browser that cannot says so by its own events. */
  play(): void {
    if (this.isAtEnd) this.#toTheBeginning();
    this.video.play().catch(() => undefined);
  }

  /** Begins the session a new time. */
  playFromTheBeginning(): void {
    this.#toTheBeginning();
    this.play();
  }

  pause(): void {
    this.video.pause();
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /** Goes to `ms`, at least the beginning and at most the end. */
  seek(ms: number): void {
    for (const listener of this.#beforeLeap) listener(this.positionMs);
    this.video.currentTime = Math.min(Math.max(ms, 0), this.durationMs) / 1000;
  }

  /** Goes on by `ms`, or back when it is negative. */
  step(ms: number): void {
    this.seek(this.positionMs + ms);
  }

  /** Hears where the video was each time a person is about to leap away from there. */
  beforeLeap(listener: (fromMs: number) => void): void {
    this.#beforeLeap.push(listener);
  }

  /** Is called each time a person is about to begin the session a new time. */
  beforeNewTime(listener: () => void): void {
    this.#beforeNewTime.push(listener);
  }

  #toTheBeginning(): void {
    for (const listener of this.#beforeNewTime) listener();
    this.seek(0);
  }
}
