import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The demo as a process of its own. */
export class Demo {
  readonly exitCode: Promise<number | null>;
  output = '';
  errors = '';
  readonly #process: ChildProcess;
  #check: () => void = () => {};

  constructor(args: string[]) {
    const child = spawn(process.execPath, ['demo/run.mjs', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
      this.#check();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.exitCode = once(child, 'close').then(([code]) => {
      this.#check();
      return code;
    });
  }

  /** The output, each news in one line. */
  get text(): string {
    return this.output.replace(/\n {9,}(?=\S)/g, ' ');
  }

  /** Lines that do not fit a terminal of 80 columns. With a venue, an error is one line, however long. */
  get longLines(): string[] {
    return this.output.split('\n').filter((line) => line.length > 80 && !/^[\d:.]{12} error /.test(line));
  }

  get summary(): string {
    return this.output.slice(this.output.indexOf('Summary of '));
  }

  /** Resolves when the output holds this text. */
  says(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#check = () => {
        if (this.output.includes(text)) resolve();
        else if (this.#process.exitCode !== null) reject(new Error(`It ended: ${this.output}${this.errors}`));
      };
      this.#check();
    });
  }

  /** The address of the dashboard. */
  async pageUrl(): Promise<string> {
    await this.says('dashboard at http:');
    return /http:\S+/.exec(this.output)?.[0] ?? '';
  }

  interrupt(): void {
    this.#process.kill('SIGINT');
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

export function startDemo(...args: string[]): Demo {
  return new Demo(args);
}
