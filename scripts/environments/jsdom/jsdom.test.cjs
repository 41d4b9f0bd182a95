const { expect, test } = require('@jest/globals');

const { SERVER_URL } = process.env;

test('the package loads where jsdom has no TextDecoder, no TextEncoder and no structuredClone', () => {
  expect([typeof TextDecoder, typeof TextEncoder, typeof structuredClone]).toEqual(Array(3).fill('undefined'));
  const { WebSocketClient } = require('hpx-transport-ws');
  expect(typeof WebSocketClient).toBe('function');
});

test('a client makes a round trip through the WebSocket of jsdom', async () => {
  const { GenericJsonHandler, WebSocketClient } = require('hpx-transport-ws');
  const client = await WebSocketClient.connect({ url: SERVER_URL }, new GenericJsonHandler());
  expect(await client.request({ op: 'echo', text: 'žluťoučký' })).toMatchObject({ text: 'žluťoučký' });

  const trades = await client.subscribe('trades', { params: { depth: 5, levels: [1, 2] } });
  const loop = trades[Symbol.asyncIterator]();
  await client.request({ op: 'publish' });
  expect((await loop.next()).value).toEqual({ price: 1 });
  await client.close({ reason: 'the test is over' });
  expect(await client.closed).toMatchObject({ code: 1000 });
});

test('bytes of another realm are bytes', async () => {
  const { GenericJsonHandler, WebSocketClient } = require('hpx-transport-ws');
  const client = await WebSocketClient.connect({ url: SERVER_URL }, new GenericJsonHandler());
  const bytes = Buffer.from('bytes of Node');
  expect(bytes).not.toBeInstanceOf(Uint8Array);
  const answered = new Promise((resolve) => client.once('message', resolve));
  await client.send(bytes);
  expect((await answered).json).toMatchObject({ data: 'bytes of Node' });
  await client.close();
});

test('bytes come in where the test has a TextDecoder', async () => {
  const { GenericJsonHandler, WebSocketClient } = require('hpx-transport-ws');
  globalThis.TextDecoder = require('node:util').TextDecoder;
  const client = await WebSocketClient.connect({ url: SERVER_URL }, new GenericJsonHandler());
  expect(await client.request({ op: 'bytes' })).toEqual('from bytes');
  await client.close();
});
