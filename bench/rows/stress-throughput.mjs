import { stressRow } from '../lib/stress-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ few }) =>
  stressRow({
    title: 'stress: high throughput, a listener and a loop on each of 100 topics',
    program: 'stress-throughput',
    options: { count: few ? 100_000 : 1_000_000, topics: 100 },
    per: 'update',
    faults: [
      ['lost', 'lost'],
      ['disordered', 'out of order'],
      ['dropped', 'dropped'],
    ],
  });
