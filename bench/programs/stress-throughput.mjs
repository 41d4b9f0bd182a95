import { setImmediate } from 'node:timers/promises';
import { command, measure } from '../lib/measure.mjs';
import { OrderCheck } from '../lib/order.mjs';
import { loadOurs } from '../lib/ours.mjs';
import { topicNames } from '../lib/update.mjs';
import { END } from '../servers/block-writer.mjs';

/**
 * Numbered updates as fast as they come, over many topics; each reader is a listener and a loop.
 * @param {{ url: string, count: number, topics: number }} options
 */
export default async function stressThroughput({ url, count, topics }) {
  const { GenericJsonHandler, WebSocketClient } = await loadOurs();
  const client = await WebSocketClient.connect({ url }, new GenericJsonHandler());
  const heard = new OrderCheck();
  const looped = new OrderCheck();
  const channels = await client.subscribeMany(topicNames(topics), { capacity: count });
  const loops = channels.map(async (channel) => {
    channel.on('message', ({ seq }) => heard.take(channel.topic, seq));
    for await (const { seq } of channel) looped.take(channel.topic, seq);
  });
  const ended = new Promise((resolve) => {
    client.subscribe(END).then((end) => end.on('message', resolve));
  });
  const { wall } = await measure(count, async () => {
    command({ command: 'sequence', count, topics });
    await ended;
    while (channels.some((channel) => channel.buffered > 0)) await setImmediate();
    await Promise.all(channels.map((channel) => channel.unsubscribe()));
    await Promise.all(loops);
  });
  const { dropped } = client.stats();
  await client.close();
  const byListener = heard.finish(count);
  const byLoop = looped.finish(count);
  return {
    wall,
    dropped,
    lost: byListener.lost + byLoop.lost,
    disordered: byListener.disordered + byLoop.disordered,
  };
}
