import { peers } from '../lib/peers.mjs';
import { updatesRow } from '../lib/updates-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs, few }) =>
  updatesRow({
    title: 'every update parsed and delivered to one listener',
    limit: 1.05,
    runs,
    count: few ? 60_000 : 300_000,
    ours: [
      { name: 'hpx-transport-ws', reader: 'listener', complete: true },
      { name: 'hpx-transport-ws, BybitHandler', client: 'hpx-transport-ws-bybit', protocol: 'bybit', complete: true },
    ],
    // A loop of ccxt sees all trades since its last turn at once, so the count of deliveries differs.
    peers: [...peers, { name: 'ccxt', protocol: 'bybit-trades', complete: false }],
  });
