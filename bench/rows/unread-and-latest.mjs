import { updatesRow } from '../lib/updates-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs, few }) =>
  updatesRow({
    title: 'updates of topics without a reader, or with latest at 60 Hz',
    limit: 0.45,
    runs,
    count: few ? 60_000 : 300_000,
    baselines: [
      { name: 'ws alone', mode: 'receive' },
      { name: 'ws + scan for the topic', mode: 'scan' },
    ],
    ours: [
      { name: 'hpx-transport-ws, no reader yet', reader: 'none' },
      { name: 'hpx-transport-ws, reader gone', reader: 'gone' },
      { name: 'hpx-transport-ws, latest at 60 Hz', reader: 'latest' },
    ],
  });
