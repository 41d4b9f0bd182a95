import { peers } from './peers.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').Row} */
export default ({ runs }) => {
  const contestant = (name, kind, module = name, byRequire = false) => ({
    name,
    kind,
    program: 'import-time',
    options: { module, byRequire },
  });
  return {
    id: 'P10',
    title: 'import in Node',
    // One takes a tenth of a second, and a file cache or a busy machine shows in each.
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
