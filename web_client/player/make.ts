/** Makes elements and line drawings. A drawing stands beside words, so screen readers do not meet it. */

const DRAWINGS = {
  play: "M8 5.500v13l10.500-6.500z",
  pause: "M8.500 5.500v13M15.500 5.500v13",
  back: "M5 5v5h5M5.600 10a7.500 7.500 0 1 1-1 5",
  on: "M19 5v5h-5M18.400 10a7.500 7.500 0 1 0 1 5",
  captions:
    "M5 5.500h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2zM10.500 10.500a2 2 0 1 0 0 3M17 10.500a2 2 0 1 0 0 3",
  speed: "M4.500 17.500a8.500 8.500 0 1 1 15 0M12 14l3.500-4.500",
  mirror: "M12 4v16M9 8v9H3.500zM15 8v9h5.500z",
  fullScreen: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
} as const;

export type DrawingName = keyof typeof DRAWINGS;

type Given = Readonly<Record<string, string | number | boolean>>;

/** Makes an element. Attributes that are `false` are left out, `true` stand without a value. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Given = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...inside);
  return made;
}

/** Makes a line drawing. */
export function drawing(name: DrawingName): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  for (const [key, value] of Object.entries({
    class: "mr-player__drawing",
    viewBox: "0 0 24 24",
    "aria-hidden": "true",
    focusable: "false",
  })) {
    picture.setAttribute(key, value);
  }
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", DRAWINGS[name]);
  picture.append(path);
  return picture;
}

/** A button with a drawing over its words. The words are its only child of class `mr-player__word`. */
export function button(name: DrawingName, words: string, press: () => void): HTMLButtonElement {
  const made = make(
    "button",
    { type: "button", class: "mr-player__button" },
    drawing(name),
    make("span", { class: "mr-player__word" }, words),
  );
  made.addEventListener("click", press);
  return made;
}

/** Changes a button's drawing and words, where they differ. */
export function relabel(one: HTMLButtonElement, name: DrawingName, words: string): void {
  const word = one.querySelector(".mr-player__word");
  if (!word || word.textContent === words) return;
  word.textContent = words;
  one.querySelector("svg")?.replaceWith(drawing(name));
}
