/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs }) => {
  const contestant = (name, kind, client) => ({
    name,
    kind,
    program: 'memory',
    protocol: 'plain',
    options: { client, count: 10_000 },
    nodeFlags: ['--expose-gc'],
  });
  return {
    title: 'memory of 10,000 idle subscriptions and 10,000 pending requests',
    runs: Math.min(runs, 7),
    measures: [
      { key: 'subscription', label: 'one idle subscription with a listener', unit: 'B', limit: 1_500, absolute: true },
      { key: 'request', label: 'one pending request', unit: 'B', limit: 600, absolute: true },
    ],
    contestants: [
      contestant('ws + two Maps', 'baseline', 'ws'),
      contestant('hpx-transport-ws', 'ours', 'hpx-transport-ws'),
    ],
  };
};
