import { type ExchangeHandler, fromExchangeHandler, type Warning, WebSocketClient } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { atEnd, barrier, clientEvent, collect, connectClient, createClient, serve } from '../support/live.js';

/** The old interface, for a server that speaks of channels. */
const old: ExchangeHandler = {
  getTopic: (text) => (JSON.parse(text) as { channel?: string }).channel,
  buildSubscribe: (topic) => JSON.stringify({ sub: topic }),
  buildUnsubscribe: (topic) => JSON.stringify({ unsub: topic }),
};

describe('fromExchangeHandler on a live client', () => {
  it('confirms subscriptions on the write and routes updates by topic [EX1, CH8, S3]', async () => {
    const server = await serve({ exchange: false });
    const client = await connectClient(server, { handler: fromExchangeHandler(old) });
    const [trades, book] = await Promise.all([client.subscribe('trades'), client.subscribe('book')]);
    const got = [collect(trades), collect(book)];
    const other = clientEvent(client, 'message');
    server.broadcast({ channel: 'trades', price: 1 });
    server.broadcast({ channel: 'book', bid: 2 });
    server.broadcast({ event: 'welcome' });
    expect(await got[0]?.until(1)).toEqual([{ channel: 'trades', price: 1 }]);
    expect(await got[1]?.until(1)).toEqual([{ channel: 'book', bid: 2 }]);
    expect((await other)[0].json).toEqual({ event: 'welcome' });
    await trades.unsubscribe();
    await server.waitForMessage('unsub');
    const from = server.received.length;
    server.dropAll();
    await server.waitForMessage('"sub"', { from });
    await client.sendJson({ end: true });
    await server.waitForMessage('end');
    expect(server.received.map(({ data }) => data)).toEqual([
      '{"sub":"trades"}',
      '{"sub":"book"}',
      '{"unsub":"trades"}',
      '{"sub":"book"}',
      '{"end":true}',
    ]);
    await expect(client.request({ op: 'order' })).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
  });

  it('calls onConnect, an asynchronous decodeBinary and processMessage if the handler has them [EX2, HN8, S5]', async () => {
    const server = await serve({ exchange: false });
    const handler = fromExchangeHandler({
      ...old,
      onConnect: () => Promise.resolve(JSON.stringify({ login: 1 })),
      decodeBinary: async (data) => (data.length === 0 ? null : new TextDecoder().decode(data.toReversed())),
      processMessage: (text) => {
        if (text.includes('secret')) return null;
        if (text.includes('renamed')) return ['trades', text.toUpperCase()];
        return text.includes('wrapped') ? JSON.stringify({ channel: 'trades', unwrapped: true }) : undefined;
      },
    });
    const client = await connectClient(server, { handler });
    expect((await server.waitForMessage()).data).toBe('{"login":1}');
    const channel = await client.subscribe('trades');
    const texts: string[] = [];
    const heard = new Promise<void>((resolve) => {
      channel.on('message', (_data, { message }) => {
        texts.push(message.text);
        if (texts.length === 4) resolve();
      });
    });
    server.broadcast(new TextEncoder().encode('{"channel":"trades","n":1}').toReversed());
    server.broadcast('{"channel":"trades","secret":1}');
    server.broadcast('{"renamed":1}');
    server.broadcast('{"wrapped":1}');
    server.broadcast('{"channel":"trades","n":2}');
    await heard;
    expect(texts).toEqual([
      '{"channel":"trades","n":1}',
      '{"RENAMED":1}',
      '{"channel":"trades","unwrapped":true}',
      '{"channel":"trades","n":2}',
    ]);
  });

  it('warns once over any number of listeners and connects [EX3]', async () => {
    const server = await serve({ exchange: false });
    const client = createClient(server, { handler: fromExchangeHandler(old) });
    const warnings: Warning[] = [];
    client.on('warning', (warning) => warnings.push(warning));
    client.on('warning', () => {});
    await client.connect();
    await client.connect();
    server.dropAll();
    await clientEvent(client, 'reconnected');
    client.on('warning', () => {});
    await client.send('end');
    expect(warnings).toEqual([{ code: 'deprecated-handler', message: expect.stringContaining('ProtocolHandler') }]);
  });

  it('keeps the warning for code that had no listener, as after WebSocketClient.connect() [EX3, CL3]', async () => {
    const server = await serve({ exchange: false });
    const client = await WebSocketClient.connect({ url: server.url }, fromExchangeHandler(old));
    atEnd(() => client.close());
    expect(client.lastWarning).toMatchObject({ code: 'deprecated-handler' });
  });

  it('is the only handler that leads to a warning [EX3]', async () => {
    const server = await serve();
    const client = createClient(server);
    const warnings: Warning[] = [];
    client.on('warning', (warning) => warnings.push(warning));
    await client.connect();
    await barrier(client);
    expect(warnings).toEqual([]);
  });
});
