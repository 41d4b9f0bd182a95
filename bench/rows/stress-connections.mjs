import { stressRow } from '../lib/stress-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ few }) =>
  stressRow({
    title: 'stress: rapid connect and disconnect, every fourth while it connects',
    program: 'stress-connections',
    options: { count: few ? 200 : 4_000, atOnce: 20 },
    per: 'connection',
    unit: 'ms',
    faults: [
      ['wrong', 'wrong answers'],
      ['left', 'timers and sockets left'],
      ['open', 'connections left at the server'],
      ['growth', 'growth of the heap', 1_000_000],
    ],
  });
