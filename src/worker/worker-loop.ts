import type { ChannelLoop } from '../channel/channel-loop.js';
import type { Update } from '../channel/update.js';
import type { Gate } from '../context.js';
import { handled } from '../util/promises.js';
import { Queue } from '../util/queue.js';

/** A loop as its channel sees it. */
export interface PageLoop {
  readonly buffered: number;
  deliver(update: Update): void;
  /** No update follows. What has come can still be read, and then the error. */
  over(error: unknown): void;
  /** Ends at once. */
  discard(): void;
}

/** What a loop needs of its channel. */
export interface WorkerLoopOwner {
  readonly gate: Pick<Gate, 'hold'>;
  /** Updates that a loop reads ahead. 0: it reads each one when it wants it, to get the newest. */
  readonly ahead: number;
  /** The loop wants so many more updates. */
  want(loop: PageLoop, count: number): void;
  /** The loop reads no more; `unread` updates are lost with it. */
  loopLeft(loop: PageLoop, unread: number): void;
}

interface Reader<V> {
  readonly resolve: (result: IteratorResult<V, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** One `for await` loop of the page over a channel. Its updates wait in the worker until the loop wants them. */
export class WorkerLoop<V> implements ChannelLoop<V>, PageLoop {
  readonly #owner: WorkerLoopOwner;
  readonly #read: (update: Update) => V;
  readonly #updates = new Queue<Update>();
  readonly #readers: Reader<V>[] = [];
  /** Updates that were asked for and have not come. */
  #asked = 0;
  #ended = false;
  /** Thrown once, after the last update. */
  #error: unknown;

  constructor(read: (update: Update) => V, owner: WorkerLoopOwner) {
    this.#read = read;
    this.#owner = owner;
  }

  get buffered(): number {
    return this.#updates.size;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<V, undefined>> {
    const update = this.#updates.shift();
    if (update) {
      if (!this.#ended && this.#owner.ahead > 0) this.#ask();
      return Promise.resolve({ done: false, value: this.#read(update) });
    }
    if (this.#ended) return this.#end();
    const result = new Promise<IteratorResult<V, undefined>>((resolve, reject) => {
      this.#readers.push({ resolve, reject });
    });
    this.#ask();
    return handled(result);
  }

  /** Ends the loop (a `break`), and not the channel. */
  return(): Promise<IteratorResult<V, undefined>> {
    if (!this.#ended || this.#updates.size > 0) this.#owner.loopLeft(this, this.#updates.size);
    this.discard();
    return Promise.resolve({ done: true, value: undefined });
  }

  deliver(update: Update): void {
    if (this.#asked > 0) this.#asked--;
    const reader = this.#readers.shift();
    if (!reader) return this.#updates.push(update);
    this.#owner.gate.hold();
    reader.resolve({ done: false, value: this.#read(update) });
    if (this.#readers.length > 0 || this.#owner.ahead > 0) this.#ask();
  }

  over(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const reader of this.#readers.splice(0)) this.#end().then(reader.resolve, reader.reject);
  }

  discard(): void {
    this.#updates.clear();
    this.over(undefined);
    this.#error = undefined;
  }

  #ask(): void {
    const { ahead } = this.#owner;
    const coming = this.#asked + this.#updates.size;
    if (ahead > 0 && coming * 2 > ahead) return;
    const count = Math.max(ahead, this.#readers.length) - coming;
    if (count <= 0) return;
    this.#asked += count;
    this.#owner.want(this, count);
  }

  #end(): Promise<IteratorResult<V, undefined>> {
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : handled(Promise.reject(error));
  }
}
