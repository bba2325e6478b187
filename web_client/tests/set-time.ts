/** Time that passes only when a test has it pass: for timers that set and clear each other, as Socket.IO's do. */
interface Timer {
  readonly due_ms: number;
  readonly run: () => void;
}

const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

export class SetTime {
  private now_ms = 0;
  private readonly timers = new Map<object, Timer>();

  /** From now on every timer is one of these. */
  constructor() {
    Object.assign(globalThis, {
      setTimeout: (run: () => void, after_ms = 0) => {
        const handle = { unref: () => handle };
        this.timers.set(handle, { due_ms: this.now_ms + after_ms, run });
        return handle;
      },
      clearTimeout: (handle: object) => void this.timers.delete(handle),
    });
  }

  pass(ms: number): void {
    const until_ms = this.now_ms + ms;
    for (let next = this.next(); next && next[1].due_ms <= until_ms; next = this.next()) {
      const [handle, { due_ms, run }] = next;
      this.now_ms = due_ms;
      this.timers.delete(handle);
      run();
    }
    this.now_ms = until_ms;
  }

  end(): void {
    Object.assign(globalThis, real);
  }

  private next(): [object, Timer] | undefined {
    return [...this.timers].sort(([, one], [, other]) => one.due_ms - other.due_ms)[0];
  }
}
