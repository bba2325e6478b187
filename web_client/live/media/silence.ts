/** Finds that nothing comes any more where pictures came a moment ago: well before the browser says so. */

/** Two looks in a row without a byte; bursts of losses are shorter. */
const SILENT_LOOKS = 2;

/** Looks at the count of received bytes, each half a second. */
export class SilenceWatch {
  private last = -1;
  private silent = 0;
  private flowed = false;

  /** Says true once for each time that the flow stops while it is `expected`. */
  look(received_bytes: number, expected: boolean): boolean {
    const grew = received_bytes > this.last;
    const anew = received_bytes < this.last || this.last < 0;
    this.last = received_bytes;
    if (grew || anew || !expected) {
      this.silent = 0;
      this.flowed = expected && !anew && (grew || this.flowed);
      return false;
    }
    this.silent += 1;
    if (!this.flowed || this.silent < SILENT_LOOKS) return false;
    this.flowed = false;
    return true;
  }
}
