import { type ProtocolHandler, WebSocketClient, type WebSocketConfigInput } from 'hpx-transport-ws';
import { atEnd } from '../support/live.js';

/** A client in `ready` that ends with the test; it comes back soon, without knocking all the time at a server that starts. */
export async function connect<Topics extends object, Methods extends object>(
  handler: ProtocolHandler<Topics, Methods>,
  config: WebSocketConfigInput,
): Promise<WebSocketClient<Topics, Methods>> {
  const quick = { reconnectInitialDelay: 50, reconnectMaxDelay: 200, reconnectMinUptime: 0 };
  const client = await WebSocketClient.connect({ ...quick, ...config }, handler);
  atEnd(() => client.close({ deadline: 0 }));
  return client;
}

/** The texts of the frames that a client sends from now on. */
export function sentBy(client: Pick<WebSocketClient, 'trace'>): string[] {
  const texts: string[] = [];
  client.trace((entry) => {
    if (entry.type === 'frame' && entry.direction === 'out') texts.push(entry.text);
  });
  return texts;
}
