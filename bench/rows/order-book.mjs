/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ runs, few }) => {
  const contestant = (name, kind, book = name) => ({
    name,
    kind,
    program: 'order-book',
    options: { book, count: few ? 100_000 : 300_000 },
  });
  return {
    title: 'updates of an order book',
    runs,
    measures: [
      { key: 'perSecond', label: 'updates per second of CPU, 200 levels', unit: '/s' },
      { key: 'few', label: 'CPU per update, 50 levels', unit: 'µs' },
      { key: 'some', label: 'CPU per update, 200 levels', unit: 'µs' },
      { key: 'many', label: 'CPU per update, 1,000 levels', unit: 'µs' },
      { key: 'read', label: 'CPU per update, 200 levels, and top(10)', unit: 'µs' },
    ],
    contestants: [
      contestant('floor: two Maps', 'reference', 'map'),
      contestant('hpx-transport-ws', 'ours'),
      contestant('ccxt', 'peer'),
    ],
  };
};
