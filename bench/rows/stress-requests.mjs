import { stressRow } from '../lib/stress-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ few }) =>
  stressRow({
    title: 'stress: 50,000 concurrent requests, answered out of order',
    program: 'stress-requests',
    options: { count: few ? 5_000 : 50_000, rounds: few ? 2 : 10 },
    per: 'request',
    faults: [
      ['wrong', 'wrong answers'],
      ['left', 'requests left'],
      ['growth', 'growth of the heap', 1_000_000],
    ],
  });
