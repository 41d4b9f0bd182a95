/** What a heap moves by itself: compiled code, tables that grow in steps. A byte per update would be ten million. */
const FLAT = 300_000;

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').Row} */
export default ({ few }) => {
  const whole = { updates: 10_020_000, requests: 100_000, reconnects: 10_000 };
  const sample = { updates: 600_000, requests: 20_000, reconnects: 400 };
  const { updates, requests, reconnects } = few ? sample : whole;
  const after = (count, what) => `growth over ${count.toLocaleString('en-US')} ${what}`;
  const flat = { unit: 'B', limit: FLAT, required: true };
  return {
    id: 'P8',
    title: 'heap of one client in the long run',
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
