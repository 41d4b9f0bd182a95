/** How long a wait may take. */
export interface MockWaitOptions {
  /** Milliseconds until the wait rejects. Default 5 000: far above any exchange of frames on loopback. */
  readonly timeout?: number;
}

interface Wait {
  probe(): boolean;
  fail(why: string): void;
}

/** Promises for conditions. Whoever changes what a condition may look at calls `check()`; nothing polls. */
export class Waits {
  readonly #waits = new Set<Wait>();
  #ended: string | undefined;

  /**
   * Resolves with what `probe` returns as soon as that is not `undefined`.
   *
   * @throws Error when the time is over, or the server was closed meanwhile; `describe` tells how far it got
   */
  until<T>(
    what: string,
    probe: () => T | undefined,
    describe: () => string,
    options: MockWaitOptions = {},
  ): Promise<T> {
    const { timeout = 5_000 } = options;
    // Made here, so that its stack shows the line of the test that waits.
    const error = new Error();
    return new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const wait: Wait = {
        probe: () => {
          const value = probe();
          if (value === undefined) return false;
          clearTimeout(timer);
          resolve(value);
          return true;
        },
        fail: (why) => {
          clearTimeout(timer);
          this.#waits.delete(wait);
          error.message = `MockWebSocketServer: waited for ${what}, but ${why} (${describe()})`;
          reject(error);
        },
      };
      if (wait.probe()) return;
      if (this.#ended !== undefined) {
        wait.fail(this.#ended);
        return;
      }
      timer = setTimeout(() => wait.fail(`it did not happen within ${timeout} ms`), timeout);
      this.#waits.add(wait);
    });
  }

  check(): void {
    for (const wait of this.#waits) {
      if (wait.probe()) this.#waits.delete(wait);
    }
  }

  /** Rejects what is still waiting, and everything later that is not true already. */
  end(why: string): void {
    this.#ended = why;
    for (const wait of [...this.#waits]) wait.fail(why);
  }
}
