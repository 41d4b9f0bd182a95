import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/channel/held-bytes.js';
import { type Gap, LazyUpdate, mergeGaps, type Update } from '../../src/channel/update.js';
import { type OverflowPolicy, UpdateBuffer } from '../../src/channel/update-buffer.js';
import { Message } from '../../src/protocol/message.js';

const update = (value: number) => new LazyUpdate(new Message(''), 1, value, { extractData: () => value });

describe('UpdateBuffer', () => {
  it.each(['drop-oldest', 'drop-newest'] as const)(
    '%s behaves like a plain list under any order of pushes and takes [CH16]',
    (overflow) => {
      const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 60 })), { maxLength: 30 });
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 100 }), steps, (capacity, list) => {
          const buffer = new UpdateBuffer(capacity, overflow, undefined);
          let kept: number[] = [];
          let next = 0;
          for (const [pushes, count] of list) {
            for (let n = 0; n < count; n++) {
              if (!pushes) {
                expect(buffer.shift()?.data).toBe(kept.shift());
                continue;
              }
              const isFull = kept.length === capacity;
              expect(buffer.push(update(next))).toBe(isFull ? 'dropped' : 'kept');
              if (!isFull || overflow === 'drop-oldest') kept.push(next);
              kept = kept.slice(-capacity);
              next++;
            }
            expect(buffer.size).toBe(kept.length);
          }
        }),
      );
    },
  );

  it('is full when the next update takes the place of another [CH16]', () => {
    for (const overflow of ['drop-oldest', 'drop-newest', 'fail'] as const) {
      const buffer = new UpdateBuffer(2, overflow, undefined);
      const states = [buffer.isFull];
      for (const value of [1, 2]) {
        buffer.push(update(value));
        states.push(buffer.isFull);
      }
      buffer.shift();
      expect([...states, buffer.isFull]).toEqual([false, false, true, false]);
    }
    const perKey = new UpdateBuffer(1, 'latest', () => 'key');
    perKey.push(update(1));
    expect(perKey.isFull).toBe(false);
  });
});

/** What a plain list would do: all updates in the order in which they came, and what became of each. */
class Model {
  readonly #all: { readonly update: Update; fate: 'kept' | 'lost' | 'told' }[] = [];
  readonly #capacity: number;
  readonly #overflow: OverflowPolicy;

  constructor(capacity: number, overflow: OverflowPolicy) {
    this.#capacity = overflow === 'latest' ? 1 : capacity;
    this.#overflow = overflow;
  }

  get kept() {
    return this.#all.filter(({ fate }) => fate === 'kept');
  }

  push(update: Update): void {
    const { kept } = this;
    const isFull = kept.length === this.#capacity;
    const oldest = kept[0];
    if (isFull && this.#overflow !== 'drop-newest' && oldest) oldest.fate = 'lost';
    this.#all.push({ update, fate: isFull && this.#overflow === 'drop-newest' ? 'lost' : 'kept' });
  }

  dropOne(): void {
    const dropped = this.#overflow === 'drop-newest' ? this.kept.at(-1) : this.kept[0];
    if (dropped) dropped.fate = 'lost';
  }

  /** The oldest update with the gap that tells of all that were lost before it. */
  shift(): readonly [number, Gap | undefined] | undefined {
    const next = this.kept[0];
    if (!next) return undefined;
    next.fate = 'told';
    let gap = next.update.gap;
    for (const entry of this.#all.slice(0, this.#all.indexOf(next))) {
      if (entry.fate !== 'lost') continue;
      entry.fate = 'told';
      const { receivedAt: since, epoch } = entry.update;
      if (this.#overflow !== 'latest') gap = mergeGaps({ since, until: since, epoch, cause: 'overflow' }, gap);
      if (entry.update.gap) gap = mergeGaps(entry.update.gap, gap);
    }
    return [next.update.receivedAt, gap];
  }
}

/** Counts how many buffers hold something. */
class CountingBytes extends HeldBytes {
  holders = 0;
  override countHolder(change: 1 | -1): void {
    this.holders += change;
    super.countHolder(change);
  }
}

const stepsOf = (...names: string[]) =>
  fc.array(fc.record({ step: fc.constantFrom(...names), size: fc.nat(3), gap: fc.nat(9), which: fc.nat(2) }), {
    maxLength: 60,
  });

describe('what a buffer lost', () => {
  it.each(['drop-oldest', 'drop-newest', 'latest'] as const)(
    '%s tells it with the next update [CH20, CH36]',
    (overflow) => {
      const steps = stepsOf('push', 'push', 'shift', ...(overflow === 'latest' ? [] : ['dropOne']));
      const causes = ['disconnect', 'sequence', 'resync', 'overflow'] as const;
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 5 }), steps, (capacity, list) => {
          const buffer = new UpdateBuffer(capacity, overflow, undefined);
          const model = new Model(capacity, overflow);
          const compare = () => {
            const taken = buffer.shift();
            expect(taken && [taken.receivedAt, taken.gap]).toEqual(model.shift());
          };
          for (const [at, { step, gap }] of list.entries()) {
            if (step === 'shift') compare();
            if (step === 'dropOne' && buffer.size > 0) {
              buffer.dropOne();
              model.dropOne();
            }
            if (step !== 'push') continue;
            const cause = causes[gap];
            const pushed = new LazyUpdate(new Message(''), 1 + (at >> 3), at, { extractData: () => at });
            if (cause) pushed.gap = { cause, since: at - 100 * gap, until: at - 1, epoch: 1 + gap };
            expect(buffer.push(pushed)).toBe(
              model.kept.length === (overflow === 'latest' ? 1 : capacity) ? 'dropped' : 'kept',
            );
            model.push(pushed);
            expect(buffer.size).toBe(model.kept.length);
          }
          // Whatever is still owed comes with what is left, or with an update that nothing is lost after.
          buffer.push(update(1_000));
          model.push(update(1_000));
          while (model.kept.length > 0) compare();
          expect(buffer.shift()).toBeUndefined();
        }),
      );
    },
  );
});

/** A buffer that counts its bytes, and what a plain list would hold. An ended buffer counts nothing. */
class CountedBuffer {
  readonly buffer: UpdateBuffer;
  #held: Update[] = [];
  #isEnded = false;
  readonly #overflow: OverflowPolicy;
  readonly #key: ((update: Update) => string) | undefined;

  constructor(overflow: OverflowPolicy, key: ((update: Update) => string) | undefined, heldBytes: HeldBytes) {
    this.buffer = new UpdateBuffer(3, overflow, key, { heldBytes, makeRoom: () => {} });
    this.#overflow = overflow;
    this.#key = key;
  }

  get counted(): Message[] {
    return this.#isEnded ? [] : this.#held.map(({ message }) => message);
  }

  take(step: string, update: Update): void {
    if (step === 'push') this.#push(update);
    if (step === 'shift') expect(this.buffer.shift()?.receivedAt).toBe(this.#held.shift()?.receivedAt);
    if (step === 'dropOne' && this.#overflow !== 'latest' && this.#held.length > 0) {
      this.buffer.dropOne();
      if (this.#overflow === 'drop-newest') this.#held.pop();
      else this.#held.shift();
    }
    if (step === 'clear') {
      this.buffer.clear();
      this.#held = [];
      this.#isEnded = true;
    }
    if (step === 'forget') {
      this.buffer.forget();
      this.#isEnded = true;
    }
    expect([this.buffer.size, this.buffer.bytes]).toEqual([this.#held.length, sizeOf(this.counted)]);
  }

  #push(update: Update): void {
    this.buffer.push(update);
    const key = this.#overflow === 'latest' ? (this.#key ?? (() => '')) : undefined;
    const at = key ? this.#held.findIndex((other) => key(other) === key(update)) : -1;
    if (at >= 0) this.#held[at] = update;
    else if (this.#held.length < 3 || this.#overflow !== 'drop-newest') this.#held.push(update);
    this.#held = this.#held.slice(-3);
  }
}

const sizeOf = (messages: Iterable<Message>) => [...messages].reduce((sum, { raw }) => sum + raw.length, 0);

describe('a buffer per key', () => {
  it('passes the gap of a key that had no room to the next key [CH33]', () => {
    const buffer = new UpdateBuffer(2, 'latest', ({ receivedAt }) => String(receivedAt));
    const first = update(1);
    first.gap = { cause: 'disconnect', since: 0, until: 1, epoch: 2 };
    const outcomes = [first, update(2), update(3), update(4)].map((each) => buffer.push(each));
    expect(outcomes).toEqual(['kept', 'kept', 'dropped', 'dropped']);
    expect([buffer.shift(), buffer.shift()]).toMatchObject([{ data: 3, gap: first.gap }, { data: 4 }]);
    expect(buffer.shift()).toBeUndefined();
  });
});

describe('the bytes of two buffers', () => {
  it.each(['drop-oldest', 'drop-newest', 'latest', 'per key'] as const)(
    '%s count each message once, while a buffer holds it [CH36]',
    (policy) => {
      const overflow = policy === 'per key' ? 'latest' : policy;
      const key = policy === 'per key' ? ({ receivedAt }: Update) => String(receivedAt % 5) : undefined;
      const steps = stepsOf('push', 'push', 'push', 'shift', 'dropOne', 'clear', 'forget');
      fc.assert(
        fc.property(steps, (list) => {
          const heldBytes = new CountingBytes(Infinity);
          const buffers = [0, 1].map(() => new CountedBuffer(overflow, key, heldBytes));
          for (const [at, { step, size, gap, which }] of list.entries()) {
            // Ends come late, so that there is something to end.
            if ((step === 'clear' || step === 'forget') && gap < 7) continue;
            const pushed = new LazyUpdate(new Message('x'.repeat(size)), 1, at, { extractData: () => at });
            for (const [index, buffer] of buffers.entries()) if (which !== 1 - index) buffer.take(step, pushed);
            expect(heldBytes.total).toBe(sizeOf(new Set(buffers.flatMap(({ counted }) => counted))));
            expect(heldBytes.holders).toBe(buffers.filter(({ buffer }) => buffer.bytes > 0).length);
          }
        }),
      );
    },
  );
});
