/**
 * What this tab remembers: that the door was passed, so that reloading comes straight back in, its name, and
 * whether it shows pictures.
 */

const keyOf = (link: string) => `moveroom-in-${link}`;
const DEVICE = "moveroom-device";
const soundOnlyOf = (link: string) => `moveroom-sound-only-${link}`;

export type DoorChoice = "camera" | "no camera";

export function remember(link: string, choice: DoorChoice): void {
  withStorage((storage) => storage.setItem(keyOf(link), choice));
}

export function forget(link: string): void {
  withStorage((storage) => {
    storage.removeItem(keyOf(link));
    storage.removeItem(soundOnlyOf(link));
  });
}

export function recall(link: string): DoorChoice | null {
  const choice = withStorage((storage) => storage.getItem(keyOf(link)));
  return choice === "camera" || choice === "no camera" ? choice : null;
}

export function rememberSoundOnly(link: string, on: boolean): void {
  const key = soundOnlyOf(link);
  withStorage((storage) => (on ? storage.setItem(key, "on") : storage.removeItem(key)));
}

export function recallSoundOnly(link: string): boolean {
  return withStorage((storage) => storage.getItem(soundOnlyOf(link))) === "on";
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
