import type { Admission, SeededRandom } from 'hpx-transport-ws/testing';
import type { Fault } from './fault.js';

/** What becomes of attempts for a while. */
const admission = (name: string, choose: (random: SeededRandom) => Admission): Fault => ({
  name,
  strike: ({ network }, random) => {
    const chosen = choose(random);
    network.admission = chosen;
    return () => {
      if (network.admission === chosen) network.admission = 'accept';
    };
  },
});

/** An attempt that is refused with a status that speaks of credentials counts against them: once is enough. */
const refusedOnce = (name: string, status: number): Fault => ({
  name,
  strike: ({ network }) => {
    const refuse = (): Admission => {
      network.admission = 'accept';
      return { status };
    };
    network.admission = refuse;
    return () => {
      if (network.admission === refuse) network.admission = 'accept';
    };
  },
});

export const connectFaults: readonly Fault[] = [
  admission('connect: refused', () => 'refuse'),
  admission('connect: hangs', () => 'hang'),
  admission('connect: slow', (random) => ({ after: random.integer(100, 5_000) })),
  admission('connect: 429', (random) => ({ status: 429, retryAfter: random.integer(0, 8_000) })),
  admission('connect: 503', (random) => ({ status: 503, ...(random.chance(0.5) && { retryAfter: 2_000 }) })),
  admission('connect: wrong subprotocol', () => ({ protocol: 'wrong' })),
  refusedOnce('connect: 401', 401),
  refusedOnce('connect: 403', 403),
];
