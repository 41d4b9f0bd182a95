import { command, measure } from '../lib/measure.mjs';
import { countReads } from '../lib/reads.mjs';
import { topicNames } from '../lib/update.mjs';
import { END } from '../servers/block-writer.mjs';

/**
 * Receives updates, round after round. In each round every phase sends its updates; `wall` and `cpu` are per update, and
 * `frames` is how many updates came with one read. The names of a phase's numbers end with its `suffix`.
 * @typedef {{ suffix: string, count: number, link?: 'plain' | 'tls' | 'deflate', perRead?: number, topics?: number }} Phase
 * @param {{ links: Record<string, string>, client: string, clientOptions?: object, phases: Phase[], complete?: boolean }} options -
 *   `complete`: every update must be delivered
 */
export default async function updates({ links, client: name, clientOptions, phases, complete }) {
  const { open } = await import(`../clients/${name}.mjs`);
  /** The receiver of each link: phases share a connection. */
  const receivers = new Map();
  for (const { link = 'plain', topics } of phases) {
    if (receivers.has(link)) continue;
    receivers.set(link, await openReceiver(() => open(links[link], { ...clientOptions, link }), link, topics));
  }

  return {
    round: async () => {
      const results = {};
      for (const { suffix, link = 'plain', ...amounts } of phases) {
        const receiver = receivers.get(link);
        const before = receiver.delivered;
        await receiver.client.prepare?.();
        const reads = countReads();
        const { cpu, wall } = await measure(amounts.count, () => receiver.receive(amounts));
        const frames = amounts.count / (countReads() - reads);
        await receiver.client.finish?.();
        const delivered = receiver.delivered - before;
        if (complete && delivered !== amounts.count) {
          throw new Error(`${name}: ${delivered} updates of ${amounts.count}`);
        }
        results[`cpu${suffix}`] = cpu;
        results[`wall${suffix}`] = wall;
        results[`frames${suffix}`] = frames;
      }
      return results;
    },
  };
}

async function openReceiver(open, link, topics) {
  const client = await open();
  const receiver = {
    client,
    delivered: 0,
    sizes: 0,
    receive: (amounts) =>
      new Promise((resolve) => {
        ended = resolve;
        command({ command: 'updates', link, ...amounts });
      }),
  };
  let ended;
  await client.subscribe(topicNames(topics), (data) => {
    receiver.delivered++;
    receiver.sizes += data.size;
  });
  await client.subscribe([END], () => ended(), { isMarker: true });
  return receiver;
}
