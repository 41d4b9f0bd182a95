import { peers } from '../lib/peers.mjs';
import { requestsRow } from '../lib/requests-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs, few }) =>
  requestsRow({
    title: 'request and answer, one at a time',
    program: 'round-trips',
    label: 'median round trip',
    reference: 'floor: ws echo loop that parses',
    limit: 1.05,
    runs,
    peers,
    options: { count: few ? 2_000 : 20_000 },
  });
