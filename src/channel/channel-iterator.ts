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
  /** An update could not be read. The loop goes on with the next one. */
  unreadable(cause: unknown): void;
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
    for (let update = this.#buffer.shift(); update; update = this.#buffer.shift()) {
      const result = this.#result(update);
      if (result) return Promise.resolve(result);
    }
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
    if (this.#readers.length === 0) return this.#buffer.push(update);
    const result = this.#result(this.#buffer.pass(update));
    if (!result) return 'kept';
    this.#gate.hold();
    this.#readers.shift()?.resolve(result);
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

  /** What the loop yields for an update; nothing if that cannot be read. */
  #result(update: Update): IteratorResult<V, undefined> | undefined {
    try {
      return { done: false, value: this.#read(update) };
    } catch (cause) {
      this.#owner.unreadable(cause);
      return undefined;
    }
  }

  #end(): Promise<IteratorResult<V, undefined>> {
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : handled(Promise.reject(error));
  }
}
