/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ few }) => {
  const contestant = (name, pauses) => ({
    name,
    kind: 'ours',
    program: 'backpressure',
    protocol: 'plain',
    options: { count: few ? 60_000 : 1_000_000, pauses },
  });
  return {
    title: 'the server writes faster than the reader reads',
    runs: 1,
    measures: [
      { key: 'wall', label: 'time per update', unit: 'µs' },
      { key: 'peak', label: 'growth of the resident set at its peak', unit: 'MB', limit: 60 },
      { key: 'largest', label: 'most updates waiting in the channel', unit: '', limit: 1_024, required: true },
      { key: 'lost', label: 'lost and not counted', unit: '', limit: 0, required: true },
      { key: 'disordered', label: 'out of order', unit: '', limit: 0, required: true },
      { key: 'dropped', label: 'dropped and counted', unit: '' },
      { key: 'paused', label: 'times paused', unit: '' },
    ],
    contestants: [
      contestant('hpx-transport-ws with pause() and resume()', true),
      contestant('hpx-transport-ws, drop-oldest', false),
    ],
  };
};
