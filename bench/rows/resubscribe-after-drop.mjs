/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs, few }) => {
  const contestant = (name, kind, client) => ({
    name,
    kind,
    program: 'resubscribe',
    protocol: 'plain',
    options: { client, count: 10_000, drops: few ? 3 : 12 },
  });
  return {
    title: 'from a drop until authenticated and 10,000 topics confirmed again',
    runs,
    measures: [
      { key: 'wall', label: 'time', unit: 'ms', limit: 1.8 },
      { key: 'cpu', label: 'CPU', unit: 'ms' },
    ],
    contestants: [
      contestant('floor: ws loop that sends the same frames', 'reference', 'ws-resubscribing'),
      contestant('hpx-transport-ws', 'ours', 'hpx-transport-ws-resubscribing'),
    ],
  };
};
