import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { atEnd } from '../support/live.js';
import { FaultProxy } from './fault-proxy.js';

/** A server that keeps what it gets, and a client that reaches it through the proxy. */
async function behindProxy(prepare: (proxy: FaultProxy) => void = () => {}) {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const proxy = await FaultProxy.start((server.address() as AddressInfo).port);
  atEnd(() => proxy.close());
  prepare(proxy);
  const dial = () => {
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    atEnd(() => socket.destroy());
    return socket;
  };
  const client = dial();
  const accepted = once(server, 'connection').then(([socket]) => socket as Socket);
  return { proxy, client, dial, accepted };
}

/** Everything that a socket says until its end. */
async function everything(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
  return text;
}

it('the proxy passes bytes and the end of a stream on, in both directions', async () => {
  const { client, accepted, proxy } = await behindProxy();
  const server = await accepted;
  client.end('question');
  expect(await everything(server)).toBe('question');
  server.end('answer');
  expect(await everything(client)).toBe('answer');
  expect([proxy.accepted, proxy.links.length]).toEqual([1, 0]);
});

it('the proxy keeps the order and loses nothing over a slow line', async () => {
  const { client, accepted } = await behindProxy((proxy) => proxy.slow({ latency: 3, rate: 10_000_000 }));
  const server = await accepted;
  const text = Array.from({ length: 40_000 }, (_, n) => `${n},`).join('');
  server.end(text);
  expect(await everything(client)).toBe(text);
});

it('the proxy makes a throttled sender wait', async () => {
  const { client, accepted } = await behindProxy((proxy) => proxy.slow({ rate: 1_000 }));
  await accepted;
  // More than the system's buffers on the way take.
  expect(client.write('x'.repeat(64 * 1_024 * 1_024))).toBe(false);
  expect(client.writableLength).toBeGreaterThan(0);
});

it('the proxy cuts at an exact byte, by an end or by a reset', async () => {
  for (const style of ['end', 'reset'] as const) {
    const { client, accepted, proxy } = await behindProxy();
    const server = await accepted;
    const closed = new Promise((resolve) => server.once('close', resolve));
    proxy.last.cutAfter(4, 'to-client', style);
    server.write('abcdefgh');
    server.resume();
    expect(await everything(client)).toBe('abcd');
    if (style === 'end') server.end();
    await closed;
    await proxy.untilIdle();
  }
});

it('the proxy resets both ends', async () => {
  const { client, accepted, proxy } = await behindProxy();
  const server = await accepted;
  const errors = Promise.all([once(client, 'error'), once(server, 'error')]);
  proxy.reset();
  expect((await errors).map(([error]) => error.code)).toEqual(['ECONNRESET', 'ECONNRESET']);
});

it('the proxy passes a reset of one end on to the other', async () => {
  const { client, accepted } = await behindProxy();
  const server = await accepted;
  server.write('ready');
  await once(client, 'data');
  const broken = once(server, 'error');
  client.resetAndDestroy();
  expect((await broken)[0].code).toBe('ECONNRESET');
});

it('the proxy drops one direction, including the end of its stream', async () => {
  const { client, accepted, proxy } = await behindProxy();
  const server = await accepted;
  const heard: string[] = [];
  server.on('data', (chunk) => heard.push(String(chunk)));
  server.on('end', () => heard.push('the end'));
  proxy.blackHole('to-server');
  client.end('lost');
  server.end('heard');
  expect(await everything(client)).toBe('heard');
  await proxy.untilIdle();
  expect(heard.filter((text) => text !== 'the end')).toEqual([]);
});

it('the proxy holds bytes back and delivers them in one burst', async () => {
  const { client, accepted, proxy } = await behindProxy();
  const server = await accepted;
  proxy.stall('to-client');
  server.write('a');
  server.end('b');
  client.write('through');
  await once(server, 'data');
  expect(proxy.last.passed('to-client')).toBe(0);
  proxy.release('to-client');
  expect(await everything(client)).toBe('ab');
});

it('the proxy closes one half and keeps the other open', async () => {
  const { client, accepted, proxy } = await behindProxy();
  const server = await accepted;
  proxy.last.halfClose('to-client');
  expect(await everything(client)).toBe('');
  client.write('still open');
  expect(String((await once(server, 'data'))[0])).toBe('still open');
});

it('the proxy refuses connections and listens again on the same port', async () => {
  const { accepted, dial, proxy } = await behindProxy();
  await accepted;
  proxy.refuse();
  expect((await once(dial(), 'error'))[0].code).toBe('ECONNREFUSED');
  await proxy.accept();
  await once(dial(), 'connect');
  await proxy.untilAccepted(2);
});

it('the proxy accepts connections and then hangs or resets them', async () => {
  const { accepted, dial, proxy } = await behindProxy();
  await accepted;
  proxy.admission = 'hang';
  const hanging = dial();
  hanging.write('hello?');
  await proxy.untilAccepted(2);
  expect(proxy.links).toHaveLength(1);
  hanging.destroy();
  proxy.admission = 'reset';
  expect((await once(dial(), 'error'))[0].code).toBe('ECONNRESET');
});

it('the proxy cuts the given number of next connections', async () => {
  const { client, accepted, dial, proxy } = await behindProxy((flapping) => flapping.flap(2, 3, 'to-server'));
  const first = everything(await accepted);
  client.write('abcdef');
  expect(await first).toBe('abc');
  const second = dial();
  second.write('abcdef');
  expect(await everything(second)).toBe('');
  const third = dial();
  third.write('abcdef');
  await proxy.untilAccepted(3);
  expect(proxy.links).toHaveLength(1);
});
