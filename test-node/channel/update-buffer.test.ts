import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LazyUpdate } from '../../src/channel/update.js';
import { UpdateBuffer } from '../../src/channel/update-buffer.js';
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
});
