/** Noise of a heap: compiled code, tables that grow in steps. A leak of one byte per update would be ten million bytes. */
const FLAT = 300_000;

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ few }) => {
  const whole = { updates: 10_020_000, requests: 100_000, reconnects: 10_000 };
  const sample = { updates: 600_000, requests: 20_000, reconnects: 400 };
  const { updates, requests, reconnects } = few ? sample : whole;
  const after = (count, what) => `growth over ${count.toLocaleString('en-US')} ${what}`;
  const flat = { unit: 'B', limit: FLAT, required: true };
  return {
    title: 'heap of one client after many updates, requests and reconnects',
    runs: 1,
    long: true,
    measures: [
      { key: 'updates', label: after(updates, 'updates'), ...flat },
      { key: 'requests', label: after(requests, 'requests'), ...flat },
      { key: 'reconnects', label: after(reconnects, 'reconnects'), ...flat },
      { key: 'missed', label: 'updates and reconnects that did not happen', unit: '', limit: 0, required: true },
    ],
    contestants: [
      {
        name: 'hpx-transport-ws',
        kind: 'ours',
        program: 'flat-heap',
        protocol: 'plain',
        options: { updates, requests, reconnects },
        nodeFlags: ['--expose-gc'],
      },
    ],
  };
};
