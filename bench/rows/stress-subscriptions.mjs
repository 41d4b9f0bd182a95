import { stressRow } from '../lib/stress-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ few }) =>
  stressRow({
    title: 'stress: 20,000 subscriptions, ended and created again',
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
