/** What a person chose once holds on this device: captions, mirror, speed, and the letter keys. */

export interface Choices {
  captions: boolean;
  mirror: boolean;
  speed: number;
}

export const SPEEDS = [0.5, 0.75, 1, 1.25] as const;

const STORED_AS = "moveroom-player";
/** The same as on the class page. */
const KEYS_STORED_AS = "moveroom-keys";

/** Some browsers refuse storage altogether; then all is as it comes. */
export function recallChoices(store: () => Storage): Choices {
  const kept = read(store, STORED_AS);
  const speed = SPEEDS.find((one) => one === kept.speed);
  return {
    captions: kept.captions !== false,
    mirror: kept.mirror === true,
    speed: speed ?? 1,
  };
}

export function rememberChoices(store: () => Storage, choices: Choices): void {
  write(store, STORED_AS, JSON.stringify(choices));
}

export function recallKeysOn(store: () => Storage): boolean {
  try {
    return store().getItem(KEYS_STORED_AS) !== "off";
  } catch {
    return true;
  }
}

export function rememberKeysOn(store: () => Storage, on: boolean): void {
  write(store, KEYS_STORED_AS, on ? "on" : "off");
}

type Kept = Partial<Record<keyof Choices, unknown>>;

function read(store: () => Storage, name: string): Kept {
  try {
    const found: unknown = JSON.parse(store().getItem(name) ?? "{}");
    return typeof found === "object" && found !== null ? (found as Kept) : {};
  } catch {
    return {};
  }
}

function write(store: () => Storage, name: string, value: string): void {
  try {
    store().setItem(name, value);
  } catch {
    // It holds for as long as the page is open.
  }
}
