/** What stands in the picture's place when the session is over: praise, what comes next, and the list. */
import type { Next } from "./config";
import { make } from "./make";
import type { Playback } from "./playback";

const WELL_DONE = "Well done.";

/** Where it shows, and what it leads to. */
interface Surroundings {
  readonly playback: Playback;
  readonly player: HTMLElement;
  readonly picture: HTMLElement;
  readonly next: Next | null;
  readonly listAddress: string;
  readonly say: (words: string) => void;
}

/** Shows it each time the video ends, until the person plays on or goes to another place. */
export function praiseAtTheEnd(around: Surroundings): void {
  const { player, picture, next, listAddress } = around;
  const { video } = around.playback;
  const ways = make("p", { class: "mr-player__ways" });
  if (next) ways.append(make("a", { class: "mr-player__again", href: next.address }, `Next: ${next.title}`));
  ways.append(make("a", { class: "mr-player__again", href: listAddress }, "All sessions"));
  const panel = make(
    "div",
    { class: "mr-player__end", role: "group", "aria-labelledby": "end-title", hidden: true },
    make("h2", { id: "end-title" }, WELL_DONE),
    ways,
  );
  picture.append(panel);

  const show = (ended: boolean) => {
    panel.hidden = !ended;
    player.classList.toggle("is-ended", ended);
  };
  video.addEventListener("ended", () => {
    show(true);
    around.say(WELL_DONE);
  });
  for (const goesOn of ["play", "seeking", "error"]) video.addEventListener(goesOn, () => show(false));
}

/** Takes away what is said of the beginning (`words`) once the video plays, ends or fails. */
export function forgetTheBeginning(playback: Playback, words: Element | null): void {
  const { video } = playback;
  const forget = () => words?.remove();
  for (const event of ["play", "ended", "error"]) video.addEventListener(event, forget);
  if (video.error) forget();
}
