const { deepStrictEqual, strictEqual } = require('node:assert/strict');

/**
 * Uses a client in real time, in faked time, and in real time again.
 *
 * @param library - the package and its `testing` entry
 * @param fake - `install()`, `advance(ms)` and `restore()` of the tool; `io`: whether sockets work in faked time;
 * `performance`: whether it is faked, so that a call under way takes the time that has passed along
 */
module.exports = async function session({ GenericJsonHandler, MockWebSocketServer, WebSocketClient }, fake) {
  const server = await MockWebSocketServer.start();
  server.respondTo('"op":"slow"', []);
  const client = await WebSocketClient.connect({ url: server.url }, new GenericJsonHandler());
  const outcomes = [];
  const slow = (timeout) =>
    client.request({ op: 'slow' }, { timeout }).catch((error) => outcomes.push(`${error.code} ${timeout}`));
  try {
    fake.install();
    void slow(30_000);
    await fake.advance(29_999);
    deepStrictEqual(outcomes, [], 'a timeout came too early in faked time');
    await fake.advance(1);
    deepStrictEqual(outcomes.splice(0), ['REQUEST_TIMEOUT 30000'], 'a timeout did not come in faked time');
    if (fake.io) strictEqual((await client.request({ op: 'echo' })).op, 'echo');
    if (fake.performance) void slow(10_000);
    await fake.advance(9_990);
    fake.restore();
    await slow(40);
    const expected = ['REQUEST_TIMEOUT 40'];
    if (fake.performance) expected.unshift('REQUEST_TIMEOUT 10000');
    deepStrictEqual(outcomes, expected, 'a timeout did not come in real time again');
    strictEqual((await client.request({ op: 'echo' })).op, 'echo');
  } finally {
    fake.restore();
    await client.close();
    await server.close();
  }
};
