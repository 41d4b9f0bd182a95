import { peers } from '../lib/peers.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs }) => {
  const contestant = (name, kind, module = name, byRequire = false) => ({
    name,
    kind,
    program: 'import-time',
    options: { module, byRequire },
  });
  return {
    title: 'import in Node',
    // One run takes a tenth of a second, and caches and a busy machine change it, so more runs are needed.
    runs: runs * 3,
    measures: [
      { key: 'wall', label: 'time', unit: 'ms', limit: 1.3 },
      { key: 'cpu', label: 'CPU', unit: 'ms' },
    ],
    contestants: [
      contestant('floor: import ws', 'reference', 'ws'),
      contestant('require ws', 'baseline', 'ws', true),
      contestant('hpx-transport-ws', 'ours', 'node/index.js'),
      contestant('hpx-transport-ws, by require', 'ours', 'node/index.cjs', true),
      ...peers.map(({ name }) => contestant(name, 'peer')),
    ],
  };
};
