import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { atEnd } from '../support/at-end.js';

export const VERSION = '1.2.3-test';

const cache = join(process.cwd(), 'node_modules/.cache/hpx-transport-ws');
/** For files of the tests, and for the program. */
export let folder = '';

/** Before all tests of a file. */
export async function buildProgram(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  // Below node_modules, where the dependencies resolve and git does not look.
  folder = mkdtempSync(join(cache, 'cli-'));
  await build({
    entryPoints: ['src/cli/main.ts'],
    outfile: join(folder, 'cli.mjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    define: { PACKAGE_VERSION: JSON.stringify(VERSION) },
    logLevel: 'silent',
  });
}

/** After all tests of a file. */
export function removeProgram(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** The command line as a process of its own, with pipes and not with a terminal. */
export class Program {
  out = '';
  err = '';
  readonly exitCode: Promise<number | null>;
  readonly #process: ChildProcess;
  #check: (hasEnded: boolean) => void = () => {};

  constructor(...args: readonly string[]) {
    atEnd(() => this.kill());
    const child = spawn(process.execPath, [join(folder, 'cli.mjs'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
      this.#check(false);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
      this.#check(false);
    });
    this.exitCode = once(child, 'close').then(([code]) => {
      this.#check(true);
      return code as number | null;
    });
  }

  /** The lines of the output that are JSON objects. */
  get objects(): Record<string, unknown>[] {
    return this.out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  /** Waits until a text is printed, to either output. */
  says(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#check = (hasEnded) => {
        if (this.out.includes(text) || this.err.includes(text)) resolve();
        else if (hasEnded) reject(new Error(`It ended and did not say ${text}:\n${this.out}\n${this.err}`));
      };
      this.#check(this.#process.exitCode !== null);
    });
  }

  interrupt(signal: 'SIGINT' | 'SIGTERM' = 'SIGINT'): void {
    this.#process.kill(signal);
  }

  /** Closes the reading end of the pipe. */
  closeOutput(): void {
    this.#process.stdout?.destroy();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

/** Runs the command line to its end. */
export async function runProgram(...args: readonly string[]) {
  const program = new Program(...args);
  const code = await program.exitCode;
  return { code, out: program.out, err: program.err };
}
