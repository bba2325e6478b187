/** Short words between captions and controls: what does not work just now, what still does, and what to do. */
import { make } from "./make";
import { telephone } from "./words";

/** What a notice is about; they stand in this order. */
const ABOUT = ["sound", "line", "place", "watched", "captions"] as const;
export type About = (typeof ABOUT)[number];

export class Notices {
  readonly element = make("div", { class: "mr-player__notices", role: "status" });
  readonly #shown = new Map<About, { words: string; notice: HTMLElement }>();
  readonly #spoken = make("p", { class: "mr-unseen", role: "status" });

  readonly #phone: string;

  /** The last notice ends with how to call `phone`; that of the sound does without. */
  constructor(phone: string) {
    this.#phone = phone;
  }

  /** Where words that are only heard are put. */
  get spoken(): HTMLElement {
    return this.#spoken;
  }

  /** Keeps `--notices` of `root` at their height: on wide screens the picture makes room for them. */
  measure(root: HTMLElement): void {
    new ResizeObserver(() => {
      root.style.setProperty("--notices", `${this.element.offsetHeight}px`);
    }).observe(this.element);
  }

  /** Shows these words; null takes them away. The same words again change nothing. */
  tell(about: About, words: string | null, ...after: Node[]): void {
    if (this.#shown.get(about)?.words === words) return;
    if (words === null) this.#shown.delete(about);
    else {
      const told = make("p", {}, words, ...(about === "sound" ? [] : this.#callUs()));
      const notice = make("div", { class: "mr-player__notice" }, told, ...after);
      this.#shown.set(about, { words, notice });
    }
    const inOrder = ABOUT.flatMap((one) => this.#shown.get(one)?.notice ?? []);
    this.element.replaceChildren(...inOrder);
  }

  /** Says to screen readers what eyes can see. */
  say(words: string): void {
    this.#spoken.textContent = words;
  }

  #callUs(): Node[] {
    if (!this.#phone) return [];
    const call = make("a", { href: telephone(this.#phone) }, this.#phone);
    return [make("span", { class: "mr-player__call" }, " If it stays like this, call us on ", call, ".")];
  }
}
