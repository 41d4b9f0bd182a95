import { peers } from './peers.mjs';
import { updatesRow } from './updates-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').Row} */
export default ({ runs, few }) =>
  updatesRow({
    id: 'P1',
    title: 'every update parsed and delivered to one listener',
    limit: 1.05,
    runs,
    count: few ? 60_000 : 300_000,
    ours: [{ name: 'hpx-transport-ws', reader: 'listener', complete: true }],
    // Its loops see what came since their last turn, so that it tells what it delivered in another way.
    peers: [...peers, { name: 'ccxt', protocol: 'bybit-trades', complete: false }],
  });
