import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that runs beside the tests, and whatever processes it starts. */
export class Program {
  readonly child: ChildProcess;
  readonly #name: string;
  readonly #exited: Promise<unknown>;
  readonly #killAtExit = (): void => this.#signal('SIGKILL');

  constructor(path: string, args: readonly string[], options: Pick<SpawnOptions, 'stdio' | 'env'>) {
    this.#name = path;
    // All its processes are one group, which can be ended as a whole.
    this.child = spawn(path, args, { ...options, detached: true });
    this.#exited = once(this.child, 'exit');
    // gone() reports a program that cannot be started.
    this.#exited.catch(() => {});
    // Where the tests failed before they could end it.
    process.once('exit', this.#killAtExit);
  }

  /** Rejects once the program has ended, for who waits for something of it meanwhile. */
  async gone(): Promise<never> {
    await this.#exited;
    throw new Error(`${this.#name} ended by itself`);
  }

  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    await this.#exited;
    // What it started and did not end.
    this.#signal('SIGKILL');
    process.off('exit', this.#killAtExit);
  }

  #signal(name: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, name);
    } catch (error) {
      // None is left.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
