/**
 * All rows in the order of the tables: the name, which is also the file in `rows`, and the short tag that results and
 * documents may use.
 */
export const ROWS = [
  { name: 'parse-and-deliver', tag: 'P1' },
  { name: 'unread-and-latest', tag: 'P2' },
  { name: 'round-trips', tag: 'P3' },
  { name: 'concurrent-requests', tag: 'P4' },
  { name: 'subscribe-topics', tag: 'P5' },
  { name: 'resubscribe-after-drop', tag: 'P6' },
  { name: 'memory', tag: 'P7' },
  { name: 'long-run-heap', tag: 'P8' },
  { name: 'bundle-size', tag: 'P9' },
  { name: 'import-time', tag: 'P10' },
  { name: 'page-main-thread', tag: 'P11' },
  { name: 'secure-and-compressed', tag: 'P12' },
  { name: 'order-book', tag: 'B2' },
  { name: 'slow-reader', tag: 'B1' },
  { name: 'stress-throughput', tag: 'S1' },
  { name: 'stress-subscriptions', tag: 'S2' },
  { name: 'stress-requests', tag: 'S3' },
  { name: 'stress-connections', tag: 'S4' },
];

/** The rows with these names or tags. */
export function findRows(wanted) {
  return wanted.map((word) => {
    const row = ROWS.find(({ name, tag }) => word === name || word.toUpperCase() === tag);
    if (!row) throw new Error(`No row '${word}'. Rows: ${ROWS.map(({ name }) => name).join(', ')}`);
    return row;
  });
}

/**
 * @param {{ name: string, tag: string }} row
 * @param {import('./scale.mjs').Scale} scale
 * @returns {Promise<import('./types.d.ts').Row>}
 */
export async function loadRow(row, scale) {
  const { default: create } = await import(`../rows/${row.name}.mjs`);
  return { ...row, ...create(scale) };
}
