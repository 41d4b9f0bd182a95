/** The update that all rows send: 200 bytes of JSON in the plain protocol, for one of a hundred topics. */

const SIZE = 200;

/** The topics of a row. All names have the same length, so that all updates have the same size. */
export function topicNames(count = 100) {
  return Array.from({ length: count }, (_, index) => `trades.SYM${String(index).padStart(5, '0')}`);
}

/**
 * A trade. Its `id` fills the rest of the 200 bytes.
 * @param {string} topic
 * @param {number} sequence
 */
export function updateData(topic, sequence) {
  const data = {
    seq: sequence,
    price: (20_000 + ((sequence * 7919) % 100_000) / 100).toFixed(2),
    size: ((sequence * 104_729) % 1_000_000) / 1_000,
    side: sequence % 2 ? 'buy' : 'sell',
    time: 1_700_000_000_000 + sequence,
    id: '',
  };
  const missing = SIZE - JSON.stringify({ topic, data }).length;
  data.id = 'f3a9c07be51d4826'.repeat(8).slice(0, missing);
  return data;
}
