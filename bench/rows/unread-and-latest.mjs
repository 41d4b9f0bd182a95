import { updatesRow } from '../lib/updates-row.mjs';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ rounds, few }) =>
  updatesRow({
    title: 'updates of topics without a reader, or with latest at 60 Hz',
    rounds,
    phases: [
      {
        suffix: '',
        label: 'about 300 a read',
        count: few ? 30_000 : 90_000,
        limit: {
          'hpx-transport-ws, held until the first reader': 0.8,
          'hpx-transport-ws, held and full: drops the oldest': 0.8,
          'hpx-transport-ws, reader gone': 0.32,
          'hpx-transport-ws, latest at 60 Hz': 0.36,
        },
      },
    ],
    baselines: [
      { name: 'ws alone', mode: 'receive' },
      { name: 'ws + scan for the topic', mode: 'scan' },
      { name: 'ws + scan + an array of texts for each topic', mode: 'hold' },
    ],
    ours: [
      // 900 updates of each topic: less than the capacity of a channel.
      { name: 'hpx-transport-ws, held until the first reader', reader: 'later', complete: true },
      { name: 'hpx-transport-ws, held and full: drops the oldest', reader: 'none' },
      { name: 'hpx-transport-ws, reader gone', reader: 'gone' },
      { name: 'hpx-transport-ws, latest at 60 Hz', reader: 'latest' },
    ],
  });
