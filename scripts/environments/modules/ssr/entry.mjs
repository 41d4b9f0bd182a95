import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';

/** What a server component does. Its request is longer than the 48 bytes from which on ws asks bufferutil to mask. */
export async function render(url) {
  const client = await WebSocketClient.connect({ url, pingInterval: 0 }, new GenericJsonHandler());
  const errors = [];
  client.on('error', (error) => errors.push(error.message));
  const outcome = await client.request({ op: 'echo', text: 'x'.repeat(100) }, { timeout: 3_000 }).then(
    ({ text }) => text.length,
    (error) => error.code,
  );
  const { reconnects } = client.stats();
  await client.close();
  return { outcome, errors, reconnects };
}
