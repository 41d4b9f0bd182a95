import { peers } from './peers.mjs';
import { requestsRow } from './requests-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').Row} */
export default ({ runs, few }) =>
  requestsRow({
    id: 'P3',
    title: 'request and answer, one at a time',
    program: 'round-trips',
    label: 'median round trip',
    reference: 'floor: ws echo loop that parses',
    limit: 1.05,
    runs,
    peers,
    options: { count: few ? 2_000 : 20_000 },
  });
