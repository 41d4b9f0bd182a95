import { peers } from '../lib/peers.mjs';

/** Peers that have subscriptions. A peer whose time grows with the square of the topics runs once. */
const SUBSCRIBERS = new Map([
  ['bybit-api', { maxRuns: 1, rounds: 1 }],
  ['rpc-websockets', {}],
  ['graphql-ws', {}],
  ['viem', { rounds: 1 }],
  ['centrifuge', {}],
]);

const BARE = "the caller's bare loop: promise + emitter + record + Map";
const EACH = 'hpx-transport-ws, subscribe() each';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs, few }) => {
  const contestant = (name, kind, protocol, client, clientOptions, { maxRuns, rounds = few ? 1 : 5 } = {}) => ({
    name,
    kind,
    program: 'subscribe',
    protocol,
    options: { client, clientOptions, count: 10_000, rounds },
    maxRuns,
  });
  return {
    title: 'subscribe 10,000 topics',
    runs,
    measures: [
      { key: 'longest', label: 'longest block, × bare loop', unit: 'ms', reference: BARE, limit: { [EACH]: 2.5 } },
      { key: 'longestCpu', label: 'longest block in CPU time, × bare loop', unit: 'ms', reference: BARE },
      { key: 'total', label: 'time until all are confirmed, first run', unit: 'ms' },
      { key: 'cpu', label: 'CPU until all are confirmed, warm', unit: 'ms' },
      { key: 'growth', label: '10,000 topics relative to 1,000, warm', unit: '×', limit: 12, absolute: true },
    ],
    contestants: [
      contestant('floor: ws loop, 100 topics in a frame', 'reference', 'plain', 'ws', { topicsPerFrame: 100 }),
      contestant(BARE, 'baseline', 'plain', 'bare-loop', {}),
      contestant('hpx-transport-ws, subscribeMany()', 'ours', 'plain', 'hpx-transport-ws', {}),
      contestant(EACH, 'ours', 'plain', 'hpx-transport-ws', { each: true }),
      ...peers
        .filter(({ name }) => SUBSCRIBERS.has(name))
        .map(({ name, protocol }) => contestant(name, 'peer', protocol, name, {}, SUBSCRIBERS.get(name))),
    ],
  };
};
