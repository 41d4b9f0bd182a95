const WORKER = 'hpx-transport-ws in a worker, latest';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs, few }) => {
  const feed = (part, name, kind, missing) => ({
    name,
    kind,
    part,
    missing,
    program: 'page',
    protocol: 'plain',
    options: { rate: 20_000, topics: 50, rounds: few ? 3 : 10, milliseconds: 1_000 },
  });
  return {
    title: 'in Chromium: 20,000 updates/s to a page that shows 50 topics at 60 Hz',
    // Each run starts a browser and measures many rounds.
    runs: Math.ceil(runs / 3),
    measures: [
      { key: 'busy', label: 'main thread in a second', unit: 'ms' },
      {
        key: 'share',
        label: '(this page − idle page) / (parsing each − idle page)',
        unit: '×',
        absolute: true,
        limit: { [WORKER]: 0.15 },
      },
      { key: 'frames', label: 'frames in a second', unit: '', absolute: true },
      { key: 'rate', label: 'updates in a second', unit: '', absolute: true },
      { key: 'parsed', label: 'parsed in a second', unit: '', absolute: true },
    ],
    contestants: [
      feed('parse', 'WebSocket + JSON.parse of each update', 'reference'),
      feed('receive', 'WebSocket alone', 'baseline'),
      feed('idle', 'idle page with the same display', 'baseline'),
      feed('latest', 'hpx-transport-ws, latest', 'ours'),
      feed('worker', WORKER, 'ours', 'this build has no entry for a worker'),
    ],
  };
};
