import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RollingWindow } from '../../src/outbound/rolling-window.js';

describe('RollingWindow', () => {
  it('lets at most count events through in any window, and never waits without need [HN23]', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 100 }),
        (count, window, pauses) => {
          const limit = new RollingWindow({ count, window });
          const times: number[] = [];
          let now = 0;
          for (const pause of pauses) {
            now += pause;
            const delay = limit.delay(now);
            const inWindow = times.filter((time) => time > now - window).length;
            expect(delay > 0).toBe(inWindow >= count);
            now += delay;
            limit.record(now);
            times.push(now);
          }
          for (const start of times) {
            expect(times.filter((time) => time >= start && time < start + window).length).toBeLessThanOrEqual(count);
          }
        },
      ),
    );
  });

  it('counts events that it cannot hold back [HN23]', () => {
    const limit = new RollingWindow({ count: 2, window: 100 });
    for (const now of [0, 10, 20, 30]) limit.record(now);
    expect(limit.delay(50)).toBe(70);
  });
});
