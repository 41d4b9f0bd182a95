import { handled } from '../util/promises.js';
import type { Update } from './update.js';
import type { UpdateBuffer } from './update-buffer.js';

interface Reader<V> {
  readonly resolve: (result: IteratorResult<V, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** One `for await` loop over a channel, with a buffer of its own: loops do not take updates from each other. */
export class ChannelIterator<V> implements AsyncIterableIterator<V, undefined, undefined> {
  readonly #buffer: UpdateBuffer;
  readonly #read: (update: Update) => V;
  readonly #onReturn: (iterator: unknown) => void;
  readonly #onSettled: () => void;
  readonly #readers: Reader<V>[] = [];
  #ended = false;
  /** To be thrown once, after the last buffered update. */
  #error: unknown;

  constructor(
    buffer: UpdateBuffer,
    read: (update: Update) => V,
    onReturn: (iterator: unknown) => void,
    onSettled: () => void,
  ) {
    this.#buffer = buffer;
    this.#read = read;
    this.#onReturn = onReturn;
    this.#onSettled = onSettled;
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

  /** Ends the loop (a `break`); the channel goes on. */
  return(): Promise<IteratorResult<V, undefined>> {
    this.#onReturn(this);
    this.#buffer.clear();
    this.end(undefined);
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Hands an update to a waiting reader, or keeps it. */
  push(update: Update): ReturnType<UpdateBuffer['push']> {
    const reader = this.#readers.shift();
    if (!reader) return this.#buffer.push(update);
    this.#onSettled();
    this.#result(this.#buffer.pass(update)).then(reader.resolve, reader.reject);
    return 'kept';
  }

  /** No further update comes; what is buffered can still be read. */
  end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const reader of this.#readers.splice(0)) this.#end().then(reader.resolve, reader.reject);
  }

  /** Forgets what is buffered. */
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
