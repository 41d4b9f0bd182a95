import { peers } from '../lib/peers.mjs';
import { updatesRow } from '../lib/updates-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ rounds, few }) => {
  const full = {
    suffix: '',
    label: 'about 300 a read',
    count: few ? 30_000 : 90_000,
    limit: { 'hpx-transport-ws': 0.95 },
    highest: 1,
  };
  const phases = [
    full,
    { suffix: '10', label: '10 a read', perRead: 10, count: few ? 10_000 : 40_000 },
    { suffix: '1', label: '1 a read', perRead: 1, count: few ? 3_000 : 10_000 },
  ];
  const bybit = { client: 'hpx-transport-ws-bybit', protocol: 'bybit', phases: [full] };
  // A loop of ccxt sees all trades since its last turn at once, so the count of deliveries differs. It takes ten times longer.
  const ccxt = {
    name: 'ccxt',
    protocol: 'bybit-trades',
    complete: false,
    phases: [{ ...full, count: full.count / 5 }],
  };
  return updatesRow({
    title: 'every update parsed and delivered to one listener',
    rounds,
    showsReads: true,
    phases,
    ours: [
      { name: 'hpx-transport-ws', reader: 'listener', complete: true },
      { name: 'hpx-transport-ws, BybitHandler', reader: 'listener', complete: true, ...bybit },
    ],
    peers: [...peers.map((peer) => ({ ...peer, phases: [full] })), ccxt],
  });
};
