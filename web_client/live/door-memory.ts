/** Remembers in this tab that the door was passed, so that reloading the page comes straight back in. */

const keyOf = (link: string) => `moveroom-in-${link}`;

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

/** Some browsers refuse storage altogether; then nothing is remembered. */
function withStorage<T>(use: (storage: Storage) => T): T | null {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}
