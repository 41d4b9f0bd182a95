import { connectClient, serve } from './live.js';

export type Numbers = Record<`t${string}`, number>;

/** Publishes 1, 2, 3 … */
export async function publish(server: Awaited<ReturnType<typeof serve>>, count: number, topic = 't'): Promise<void> {
  for (let n = 1; n <= count; n++) server.publish(topic, n);
}

/** A channel of numbers on a server of its own. */
export async function subscribed(
  options?: Parameters<Awaited<ReturnType<typeof connectClient<Numbers>>>['subscribe']>[1],
) {
  const server = await serve();
  const client = await connectClient<Numbers>(server);
  const channel = await client.subscribe('t', options);
  return { server, client, channel };
}
