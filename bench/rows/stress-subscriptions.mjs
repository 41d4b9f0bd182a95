import { stressRow } from './stress-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').Row} */
export default ({ few }) =>
  stressRow({
    id: 'S2',
    title: 'stress: 20,000 subscriptions, ended and made again',
    program: 'stress-subscriptions',
    options: { topics: few ? 2_000 : 20_000, rounds: few ? 3 : 10 },
    per: 'subscription with three updates',
    faults: [
      ['lost', 'lost'],
      ['disordered', 'out of order'],
      ['left', 'subscriptions left'],
      ['growth', 'growth of the heap', 1_000_000],
    ],
  });
