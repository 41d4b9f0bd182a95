import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';

/** What the app does on the server: a request over a connection of its own. */
export async function ask(url, text) {
  const client = await WebSocketClient.connect({ url, reconnectMaxAttempts: 0 }, new GenericJsonHandler());
  // ws masks frames of 48 bytes and more by other code, if it finds any; bundlers have broken that.
  const answer = await client.request({ op: 'echo', text, padding: 'x'.repeat(48) });
  await client.close();
  return answer.text;
}
