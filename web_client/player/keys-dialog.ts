/** The list of keys, under "?" and a button, and the switch for the letters. */
import { recallKeysOn, rememberKeysOn } from "./choices";
import { KEY_WORDS } from "./keys";
import { make } from "./make";

export class KeysDialog {
  readonly element: HTMLDialogElement;
  readonly #note = make("p");
  readonly #switch = make("button", { type: "button", class: "mr-player__again" });
  readonly #store: () => Storage;
  #lettersOn: boolean;

  constructor(store: () => Storage) {
    this.#store = store;
    this.#lettersOn = recallKeysOn(store);
    const close = make("button", { type: "button", class: "mr-player__again" }, "Close");
    close.addEventListener("click", () => this.close());
    this.#switch.addEventListener("click", () => {
      this.#lettersOn = !this.#lettersOn;
      rememberKeysOn(this.#store, this.#lettersOn);
      this.#draw();
    });
    const list = make(
      "dl",
      {},
      ...KEY_WORDS.map(([key, does]) =>
        make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, does)),
      ),
    );
    this.element = make(
      "dialog",
      { class: "mr-keys", "aria-labelledby": "keys-title" },
      make("h2", { id: "keys-title", tabindex: -1, autofocus: true }, "Keys you can press"),
      list,
      this.#note,
      make("div", { class: "mr-player__ways" }, close, this.#switch),
    );
    this.#draw();
  }

  get lettersOn(): boolean {
    return this.#lettersOn;
  }

  get isOpen(): boolean {
    return this.element.open;
  }

  /** Over everything; in browsers without such dialogs, below the controls. */
  open(): void {
    if (this.isOpen) return;
    if (typeof this.element.showModal === "function") this.element.showModal();
    else this.element.setAttribute("open", "");
  }

  close(): void {
    if (typeof this.element.close === "function") this.element.close();
    else this.element.removeAttribute("open");
  }

  #draw(): void {
    this.#note.textContent = this.#lettersOn
      ? "They are off while you type."
      : "The letters and ? are off. The space bar and the arrows still work.";
    this.#switch.textContent = this.#lettersOn ? "Turn the letter keys off" : "Turn the letter keys on";
  }
}
