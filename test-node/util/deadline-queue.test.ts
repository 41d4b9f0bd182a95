import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/testing/index.browser.js';
import { DeadlineQueue, type Expirable } from '../../src/util/deadline-queue.js';

interface Item extends Expirable {
  readonly name: number;
}

/** The same by brute force: every item is looked at, every millisecond. */
class NaiveQueue {
  readonly items = new Map<number, number>();
  readonly expired: [name: number, at: number][] = [];
  #now = 0;

  advance(ms: number): void {
    for (const end = this.#now + ms; this.#now < end; ) {
      this.#now++;
      const due = [...this.items].filter(([, deadline]) => deadline <= this.#now);
      for (const [name] of due) {
        this.items.delete(name);
        this.expired.push([name, this.#now]);
      }
    }
  }

  add(name: number, duration: number): void {
    this.items.set(name, this.#now + duration);
  }
}

const step = fc.oneof(
  fc.record({ type: fc.constant('add' as const), duration: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ type: fc.constant('delete' as const), pick: fc.nat(50) }),
  fc.record({ type: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 60 }) }),
);

function newItem(name: number, onExpire: (item: Item) => void): Item {
  const item: Item = { name, deadline: 0, isQueued: false, expire: () => onExpire(item) };
  return item;
}

describe('DeadlineQueue', () => {
  it('expires the same items as a naive queue, at the same times, with one timer [R1, CF12]', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.constantFrom(Infinity, 7), async (steps, longestSleep) => {
        const clock = new VirtualClock({ turns: 0 });
        const queue = new DeadlineQueue(clock, longestSleep);
        const naive = new NaiveQueue();
        const expired: [name: number, at: number][] = [];
        const items: Item[] = [];
        for (const each of steps) {
          if (each.type === 'add') {
            const item = newItem(items.length, ({ name }) => expired.push([name, clock.now()]));
            items.push(item);
            queue.add(item, each.duration);
            naive.add(item.name, each.duration);
          } else if (each.type === 'delete') {
            const item = items[each.pick % Math.max(1, items.length)];
            if (item) queue.delete(item);
            if (item) naive.items.delete(item.name);
          } else {
            await clock.advance(each.ms);
            naive.advance(each.ms);
          }
          expect(queue.size).toBe(naive.items.size);
          expect(clock.pendingTimers).toBeLessThanOrEqual(1);
        }
        const order = ([a, at]: [number, number], [b, bt]: [number, number]) => at - bt || a - b;
        expect(expired.map(([, at]) => at)).toEqual(expired.map(([, at]) => at).sort((a, b) => a - b));
        expect([...expired].sort(order)).toEqual(naive.expired.sort(order));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps its order when any item is taken out of a full queue [R1]', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.boolean()), { minLength: 8 }),
        async (all) => {
          const clock = new VirtualClock({ turns: 0 });
          const queue = new DeadlineQueue(clock);
          const expired: [deadline: number, at: number][] = [];
          const items = all.map(([duration]) => newItem(duration, ({ name }) => expired.push([name, clock.now()])));
          for (const item of items) queue.add(item, item.name);
          items.forEach((item, index) => {
            if (all[index]?.[1]) queue.delete(item);
          });
          await clock.advance(40);
          const kept = all.flatMap(([duration, isDeleted]) => (isDeleted ? [] : [duration]));
          expect(expired).toEqual(kept.sort((a, b) => a - b).map((duration) => [duration, duration]));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('expires in the order of the deadlines after a sleep', async () => {
    const clock = new VirtualClock();
    const queue = new DeadlineQueue(clock);
    const expired: number[] = [];
    for (const duration of [30, 10, 20])
      queue.add(
        newItem(duration, ({ name }) => expired.push(name)),
        duration,
      );
    await clock.jump(1_000);
    expect(expired).toEqual([10, 20, 30]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lets an answer that waits in the socket come before a written item that a call found late [DL18]', async () => {
    const clock = new VirtualClock();
    const queue = new DeadlineQueue(clock);
    const events: string[] = [];
    const written = { ...newItem(1, () => events.push('expired')), isUnwritten: false };
    queue.add(written, 10);
    clock.throttle(1_000);
    await clock.advance(20);
    queue.sweep();
    clock.setArrival(() => {
      events.push('answered');
      queue.delete(written);
    }, 5);
    await clock.jump(2_000);
    await clock.advance(5_000);
    expect(events).toEqual(['answered']);
  });

  it('lets an expiring item add and delete others', async () => {
    const clock = new VirtualClock();
    const queue = new DeadlineQueue(clock);
    const expired: string[] = [];
    const other = newItem(2, () => expired.push('other'));
    queue.add(
      newItem(1, () => {
        expired.push('first');
        queue.delete(other);
        queue.add(
          newItem(3, () => expired.push('third')),
          5,
        );
      }),
      10,
    );
    queue.add(other, 10);
    await clock.advance(100);
    expect(expired).toEqual(['first', 'third']);
  });

  it('never expires Infinity, and stops its timer on stop()', () => {
    const clock = new VirtualClock();
    const queue = new DeadlineQueue(clock);
    queue.add(
      newItem(1, () => {}),
      Infinity,
    );
    expect([queue.size, clock.pendingTimers]).toEqual([0, 0]);
    queue.add(
      newItem(2, () => {}),
      10,
    );
    expect(clock.pendingTimers).toBe(1);
    queue.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
