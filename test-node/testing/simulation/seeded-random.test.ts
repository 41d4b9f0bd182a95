import { SeededRandom } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { xoshiro128 } from '../../../src/testing/simulation/seeded-random.js';

const draw = (random: SeededRandom, count = 5): number[] => Array.from({ length: count }, () => random.next());

describe('SeededRandom', () => {
  it('draws the reference sequence of xoshiro128** 1.1', () => {
    const next = xoshiro128(Uint32Array.of(1, 2, 3, 4));
    expect(Array.from({ length: 4 }, next)).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('gives the same sequence for the same seed and another for another seed [C10]', () => {
    expect(draw(new SeededRandom(1))).toEqual(draw(new SeededRandom(1)));
    const firsts = Array.from({ length: 1_000 }, (_, seed) => new SeededRandom(seed).next());
    expect(new Set(firsts).size).toBe(1_000);
  });

  it('gives streams that do not depend on earlier draws [C10]', () => {
    const random = new SeededRandom(7);
    const before = draw(random.stream('jitter'));
    draw(random, 100);
    draw(random.stream('ids'), 100);
    expect(draw(random.stream('jitter'))).toEqual(before);
    expect(draw(random.stream('ids'))).not.toEqual(before);
    expect(draw(new SeededRandom(8).stream('jitter'))).not.toEqual(before);
  });

  it('is uniform enough', () => {
    const random = new SeededRandom(3);
    const buckets = new Array<number>(10).fill(0);
    for (let n = 0; n < 100_000; n++) {
      const bucket = random.integer(0, 9);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('keeps within the given bounds', () => {
    const random = new SeededRandom(5);
    const integers = new Set(Array.from({ length: 500 }, () => random.integer(1, 6)));
    expect([...integers].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    for (let n = 0; n < 500; n++) {
      const value = random.between(-1, 1);
      expect(value >= -1 && value < 1).toBe(true);
    }
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
    expect(['a', 'b']).toContain(random.pick(['a', 'b']));
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
