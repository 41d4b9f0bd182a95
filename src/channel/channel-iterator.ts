import type { Gate } from '../context.js';
import { handled } from '../util/promises.js';
import type { ChannelLoop } from './channel-loop.js';
import type { Update } from './update.js';
import type { PushOutcome, UpdateBuffer } from './update-buffer.js';

/** A loop as its channel sees it. */
export interface Loop {
  readonly buffered: number;
  /** Gives an update to a waiting reader, or keeps it. */
  push(update: Update): PushOutcome;
  /** No further update comes. What is buffered can still be read; then `error` is thrown where there is one. */
  end(error: unknown): void;
  /** Forgets what is buffered. */
  clear(): void;
}

/** What a loop needs of its channel. */
export interface LoopOwner {
  /** Counts what the loop has buffered as dropped, and feeds the loop no more. */
  removeLoop(loop: Loop): void;
}

interface Reader<V> {
  readonly resolve: (result: IteratorResult<V, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** One `for await` loop over a channel. Each loop has its own buffer, so that loops do not take updates from each other. */
export class ChannelIterator<V> implements ChannelLoop<V>, Loop {
  readonly #buffer: UpdateBuffer;
  readonly #read: (update: Update) => V;
  readonly #gate: Gate;
  readonly #owner: LoopOwner;
  readonly #readers: Reader<V>[] = [];
  #ended = false;
  /** Thrown once, after the last buffered update. */
  #error: unknown;

  /** @param read - takes from an update what the loop yields */
  constructor(buffer: UpdateBuffer, read: (update: Update) => V, gate: Gate, owner: LoopOwner) {
    this.#buffer = buffer;
    this.#read = read;
    this.#gate = gate;
    this.#owner = owner;
  }

  get buffered(): number {
    return this.#buffer.size;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<V, undefined>> {
    const update = this.#buffer.shift();
    if (update) return this.#result(update);
    if (this.#ended) return this.#end();
    return handled(
      new Promise((resolve, reject) => {
        this.#readers.push({ resolve, reject });
      }),
    );
  }

  /** Ends the loop (a `break`), and not the channel. */
  return(): Promise<IteratorResult<V, undefined>> {
    this.#owner.removeLoop(this);
    this.#buffer.clear();
    this.end(undefined);
    return Promise.resolve({ done: true, value: undefined });
  }

  push(update: Update): PushOutcome {
    const reader = this.#readers.shift();
    if (!reader) return this.#buffer.push(update);
    this.#gate.hold();
    this.#result(this.#buffer.pass(update)).then(reader.resolve, reader.reject);
    return 'kept';
  }

  end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#buffer.forget();
    this.#error = error;
    for (const reader of this.#readers.splice(0)) this.#end().then(reader.resolve, reader.reject);
  }

  clear(): void {
    this.#buffer.clear();
  }

  #result(update: Update): Promise<IteratorResult<V, undefined>> {
    try {
      return Promise.resolve({ done: false, value: this.#read(update) });
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }

  #end(): Promise<IteratorResult<V, undefined>> {
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : handled(Promise.reject(error));
  }
}
