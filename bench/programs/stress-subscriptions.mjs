import { usedBytes } from '../lib/heap.mjs';
import { command, measure } from '../lib/measure.mjs';
import { OrderCheck } from '../lib/order.mjs';
import { loadOurs } from '../lib/ours.mjs';
import { topicNames } from '../lib/update.mjs';
import { END } from '../servers/block-writer.mjs';

/**
 * Subscribes many topics, gets updates of each, ends them all; again and again. Needs `--expose-gc`.
 * @param {{ url: string, topics: number, rounds: number }} options
 */
export default async function stressSubscriptions({ url, topics, rounds }) {
  const { GenericJsonHandler, WebSocketClient } = await loadOurs();
  const client = await WebSocketClient.connect({ url }, new GenericJsonHandler());
  const names = topicNames(topics);
  const updates = topics * 3;
  let lost = 0;
  let disordered = 0;

  async function round() {
    const order = new OrderCheck();
    const channels = await client.subscribeMany([...names, END]);
    const end = channels.pop();
    for (const channel of channels) channel.on('message', ({ seq }) => order.take(channel.topic, seq));
    const ended = new Promise((resolve) => end.once('message', resolve));
    command({ command: 'sequence', count: updates, topics });
    await ended;
    await Promise.all([...channels, end].map((channel) => channel.unsubscribe()));
    const result = order.finish(updates);
    lost += result.lost;
    disordered += result.disordered;
  }
  await round();
  const before = await usedBytes();
  const { wall } = await measure(topics * rounds, async () => {
    for (let index = 0; index < rounds; index++) await round();
  });
  const left = client.stats().subscriptions;
  const growth = (await usedBytes()) - before;
  await client.close();
  return { wall, lost, disordered, left, growth };
}
