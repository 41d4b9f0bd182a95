import { command, measure } from '../lib/measure.mjs';
import { topicNames } from '../lib/update.mjs';
import { END } from '../servers/block-writer.mjs';

/**
 * Receives updates of 100 topics as fast as this process can; the server always has more.
 * @param {{ url: string, client: string, clientOptions?: object, count: number, complete?: boolean }} options
 */
export default async function updates({ url, client: name, clientOptions, count, complete }) {
  const { open } = await import(`../clients/${name}.mjs`);
  const client = await open(url, clientOptions);
  let delivered = 0;
  let sizes = 0;
  let ended;
  await client.subscribe(topicNames(), (data) => {
    delivered++;
    sizes += data.size;
  });
  await client.subscribe([END], () => ended(), { isMarker: true });

  const receive = (amount) =>
    new Promise((resolve) => {
      ended = resolve;
      command({ command: 'updates', count: amount });
    });
  await receive(count / 5);
  delivered = 0;
  const result = await measure(count, () => receive(count));
  if (complete && delivered !== count) throw new Error(`${name}: ${delivered} updates of ${count}`);
  return { ...result, delivered, sizes };
}
