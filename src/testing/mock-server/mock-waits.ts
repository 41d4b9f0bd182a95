/** Options of every wait. */
export interface MockWaitOptions {
  /**
   * Milliseconds until the wait rejects.
   * @default 5 000, far more than an exchange of frames on loopback takes
   */
  readonly timeout?: number;
}

/** One promise that waits for its condition. */
interface Wait {
  /** Looks at the condition; returns true after it resolved the promise. */
  probe(): boolean;
  fail(why: string): void;
}

/**
 * Promises that wait for conditions. The server calls `check()` after each change that a condition may look at; there
 * is no polling.
 */
export class MockWaits {
  readonly #waits = new Set<Wait>();
  #ended: string | undefined;

  /**
   * Resolves with the first value of `probe` that is not `undefined`.
   *
   * @param what - the condition in words, for the error
   * @param describe - returns the state of the server in words, for the error
   * @throws Error after the timeout, or when the server is closed meanwhile
   */
  until<T>(
    what: string,
    probe: () => T | undefined,
    describe: () => string,
    options: MockWaitOptions = {},
  ): Promise<T> {
    const { timeout = 5_000 } = options;
    // Created here, so that the stack shows the line of the test.
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

  /** Resolves the waits whose condition now holds. */
  check(): void {
    for (const wait of this.#waits) {
      if (wait.probe()) this.#waits.delete(wait);
    }
  }

  /** Rejects every wait. Later waits reject too, unless their condition already holds. */
  end(why: string): void {
    this.#ended = why;
    for (const wait of [...this.#waits]) wait.fail(why);
  }
}
