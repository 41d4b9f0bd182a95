import { stressRow } from './stress-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').Row} */
export default ({ few }) =>
  stressRow({
    id: 'S4',
    title: 'stress: rapid connect and disconnect, one in four while it connects',
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
