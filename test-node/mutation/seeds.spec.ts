import { describe, expect, it } from 'vitest';
import { simulate } from '../simulation/simulate.js';

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

describe('simulation', () => {
  it.each(SEEDS)('seed %i breaks no invariant', async (seed) => {
    const { violations } = await simulate(seed);
    expect(violations).toEqual([]);
  });
});
