import { describe, expect, it } from 'vitest';
import { LazyUpdate } from '../../src/channel/update.js';
import { type OverflowPolicy, UpdateBuffer } from '../../src/channel/update-buffer.js';
import { Message } from '../../src/protocol/message.js';

const reader = { extractData: (message: Message) => message.json };
const update = (n: number) => new LazyUpdate(new Message(String(n)), 1, n, reader);
const lost = { epoch: 1, since: 1, until: 3, cause: 'disconnect' } as const;

/** Data and gap of each update that a reader gets of five updates, two of which fit, and of a sixth. */
function read(overflow: OverflowPolicy, gapAt = 0) {
  const buffer = new UpdateBuffer(2, overflow, undefined);
  for (let n = 1; n <= 5; n++) buffer.push(n === gapAt ? update(n).after(lost) : update(n));
  const got = [];
  for (let next = buffer.shift(); next; next = buffer.shift()) got.push(next);
  got.push(buffer.pass(update(6)));
  return got.map(({ data, gap }) => [data, gap]);
}

describe('the gap of an overflow', () => {
  const overflow = (since: number, until: number) => ({ epoch: 1, since, until, cause: 'overflow' });

  it('is on the first update after the dropped updates [CH33]', () => {
    expect(read('drop-oldest')).toEqual([
      [4, overflow(1, 3)],
      [5, undefined],
      [6, undefined],
    ]);
    expect(read('drop-newest')).toEqual([
      [1, undefined],
      [2, undefined],
      [6, overflow(3, 5)],
    ]);
  });

  it('is not told of latest, and merges with the gap of a dropped update [CH33]', () => {
    expect(read('latest').map(([, gap]) => gap)).toEqual([undefined, undefined]);
    expect(read('drop-newest', 4).at(-1)).toEqual([6, { epoch: 1, since: 1, until: 5, cause: 'disconnect' }]);
  });
});
