// The flags that stand on Today or in the waiting room, and which of them are new. Pure.

export interface Flag {
  /** Whose flag, and which. */
  readonly key: string;
  readonly words: string;
  /** A red flag: somebody has to ring now. */
  readonly urgent: boolean;
}

/** Those in `after` that were not there before. */
export function newFlags(before: readonly Flag[], after: readonly Flag[]): readonly Flag[] {
  const known = new Set(before.map((one) => one.key));
  return after.filter((one) => !known.has(one.key));
}

/** The line under which the page is kept as it is now. */
export function lineWords(everySeconds: number, maySound: boolean): string {
  const looks = `This page looks again by itself every ${everySeconds} seconds.`;
  return maySound ? looks : `${looks} Press any key, or tap the page, so that it can sound for a red flag.`;
}

export const NOT_REACHED =
  "We cannot reach Moveroom. What stands here may be out of date. Check your connection; we try again.";
