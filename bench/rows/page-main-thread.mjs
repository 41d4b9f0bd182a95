/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs, few }) => ({
  title: 'in Chromium: 20,000 updates/s to a page that shows 50 topics at 60 Hz with latest',
  // Each run starts a browser and measures many rounds.
  runs: Math.ceil(runs / 3),
  measures: [
    { key: 'above', label: 'extra cost over receiving, relative to the extra cost of parsing', unit: '×', limit: 0.25 },
    { key: 'latest', label: 'main thread per update: hpx-transport-ws with latest', unit: 'µs' },
    { key: 'parse', label: 'main thread per update: WebSocket + JSON.parse', unit: 'µs' },
    { key: 'receive', label: 'main thread per update: WebSocket alone', unit: 'µs' },
    { key: 'parsed', label: 'share of the updates that were parsed', unit: '' },
    { key: 'rate', label: 'updates per second that reached the page', unit: '' },
  ],
  contestants: [
    {
      name: 'hpx-transport-ws',
      kind: 'ours',
      program: 'page',
      protocol: 'plain',
      options: { rate: 20_000, topics: 50, rounds: few ? 3 : 15, milliseconds: 1_000 },
    },
  ],
});
