import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';

/** One short life of a client, for places where tests cannot look in: what it found comes back as plain data. */
export async function runSession(url: string): Promise<{ epoch: number; answer: unknown; update: unknown }> {
  const client = await WebSocketClient.connect({ url }, new GenericJsonHandler());
  const channel = await client.subscribe('trades.BTC');
  const iterator = channel[Symbol.asyncIterator]();
  const update = iterator.next();
  const answer = await client.request({ op: 'quote', symbol: 'BTC' });
  const { epoch } = client;
  const { value } = await update;
  await client.close({ code: 3000, reason: 'done' });
  return { epoch, answer, update: value };
}
