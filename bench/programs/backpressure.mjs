import { setImmediate } from 'node:timers/promises';
import { command } from '../lib/measure.mjs';
import { OrderCheck } from '../lib/order.mjs';
import { loadOurs } from '../lib/ours.mjs';
import { topicNames } from '../lib/update.mjs';
import { END } from '../servers/block-writer.mjs';

const HIGH = 512;
const LOW = 128;

/**
 * A reader that takes fewer updates than the server writes: a turn of the event loop for each dozen.
 * With `pauses` it stops the socket while much is buffered; without, the channel drops what is too much.
 * @param {{ url: string, count: number, pauses: boolean }} options
 */
export default async function backpressure({ url, count, pauses }) {
  const { GenericJsonHandler, WebSocketClient } = await loadOurs();
  const client = await WebSocketClient.connect({ url }, new GenericJsonHandler());
  const [topic] = topicNames(1);
  const channel = await client.subscribe(topic);
  const end = await client.subscribe(END);
  const order = new OrderCheck();
  let paused = 0;
  let isPaused = false;
  let largest = 0;
  let peak = 0;
  let taken = 0;

  const reading = (async () => {
    for await (const { seq } of channel) {
      order.take(topic, seq);
      if (++taken % 12 === 0) {
        peak = Math.max(peak, process.memoryUsage.rss());
        await setImmediate();
      }
      if (isPaused && channel.buffered < LOW) {
        isPaused = false;
        client.resume();
      }
    }
  })();
  await setImmediate();
  const before = process.memoryUsage.rss();
  channel.on('message', () => {
    const { buffered } = channel;
    largest = Math.max(largest, buffered);
    if (pauses && !isPaused && buffered > HIGH) {
      isPaused = true;
      paused++;
      client.pause();
    }
  });
  const ended = new Promise((resolve) => end.once('message', resolve));
  const start = performance.now();
  command({ command: 'sequence', count, topics: 1 });
  await ended;
  const wall = ((performance.now() - start) * 1_000) / count;
  while (channel.buffered > 0) await setImmediate();
  await channel.unsubscribe();
  await reading;
  await client.close();
  const { dropped } = channel;
  const lost = count - taken - (pauses ? 0 : dropped);
  return { wall, paused, largest, dropped, lost, disordered: order.disordered, peak: (peak - before) / 1e6 };
}
