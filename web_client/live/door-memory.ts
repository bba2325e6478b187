/**
 * What this tab remembers: that the door was passed, so that reloading comes straight back in, its name, and
 * whether it shows pictures.
 */

const keyOf = (link: string) => `moveroom-in-${link}`;
const DEVICE = "moveroom-device";
const SOUND_ONLY = "moveroom-sound-only";

export type DoorChoice = "camera" | "no camera";

export function remember(link: string, choice: DoorChoice): void {
  withStorage((storage) => storage.setItem(keyOf(link), choice));
}

export function forget(link: string): void {
  withStorage((storage) => storage.removeItem(keyOf(link)));
}

export function recall(link: string): DoorChoice | null {
  const choice = withStorage((storage) => storage.getItem(keyOf(link)));
  return choice === "camera" || choice === "no camera" ? choice : null;
}

export function rememberSoundOnly(on: boolean): void {
  withStorage((storage) => (on ? storage.setItem(SOUND_ONLY, "on") : storage.removeItem(SOUND_ONLY)));
}

export function recallSoundOnly(): boolean {
  return withStorage((storage) => storage.getItem(SOUND_ONLY)) === "on";
}

/** By this the server knows the same tab again, after a reload too; `fresh` is its name if it has none yet. */
export function deviceKey(fresh: string): string {
  const known = withStorage((storage) => storage.getItem(DEVICE));
  if (known !== null && /^[0-9a-f]{32}$/.test(known)) return known;
  withStorage((storage) => storage.setItem(DEVICE, fresh));
  return fresh;
}

/** Some browsers refuse storage altogether; then nothing is remembered. */
function withStorage<T>(use: (storage: Storage) => T): T | null {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}
