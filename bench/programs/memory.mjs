import { usedBytes } from '../lib/heap.mjs';
import { topicNames } from '../lib/update.mjs';

/**
 * Bytes for one idle subscription, and for one pending request. Needs `--expose-gc`.
 * @param {{ url: string, client: string, count: number }} options
 */
export default async function memory({ url, client: name, count }) {
  const { open } = await import(`../clients/${name}.mjs`);
  const topics = topicNames(count + 100);
  const client = await open(url);
  const listener = () => {};
  // What is made once, or grows in steps, is not counted to each.
  await client.subscribe(topics.slice(count), listener);
  const calls = Array.from({ length: 100 }, () => client.request(0));
  await Promise.all(calls);
  calls.length = count;

  const empty = await usedBytes();
  await client.subscribe(topics.slice(0, count), listener);
  const subscribed = await usedBytes();
  for (let index = 0; index < count; index++) calls[index] = client.forget(index);
  // Its answer shows that all before it have been written.
  await client.request(0);
  const pending = await usedBytes();
  return { subscription: (subscribed - empty) / count, request: (pending - subscribed) / count, alive: calls.length };
}
