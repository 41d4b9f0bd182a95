import { peers } from '../lib/peers.mjs';
import { requestsRow } from '../lib/requests-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs, few }) =>
  requestsRow({
    title: '10,000 concurrent requests',
    program: 'concurrent-requests',
    label: 'time per request',
    reference: 'floor: ws + JSON + Map loop',
    limit: 1.1,
    runs,
    peers,
    options: { count: 10_000, rounds: few ? 4 : 8 },
  });
