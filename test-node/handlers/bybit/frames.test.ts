import { BybitHandler } from 'hpx-transport-ws/handlers/bybit';
import { describe, expect, it } from 'vitest';
import { frame, sent } from '../../support/handlers.js';
import { acknowledgements, batch, heartbeats, logins, orders, updates, type VenueFrame } from './frames.js';

const KEY = 'kx7TestKeyBybit01';
const SECRET = 'sX9-invented-secret-bybit';
const now = () => 1_790_000_000_000;
const credentials = { apiKey: KEY, secret: SECRET, now };
const handlers = {
  public: new BybitHandler(),
  private: new BybitHandler({ ...credentials, endpoint: 'private' }),
  trade: new BybitHandler({ ...credentials, endpoint: 'trade' }),
};

/** What the handler reads in a frame, in the form of `VenueFrame`. */
function read({ endpoint = 'public', frame: value, topics }: VenueFrame) {
  const handler = handlers[endpoint];
  const message = frame(value);
  const kind = handler.classifyMessage(message);
  const isUpdate = kind === 'update';
  return {
    kind,
    id: isUpdate ? undefined : handler.extractRequestId(message),
    topic: isUpdate ? handler.extractTopic(message) : undefined,
    sequence: isUpdate ? handler.extractSequence(message) : undefined,
    error: isUpdate ? undefined : handler.extractError(message),
    signal: handler.extractSignal(message),
    outcome: topics && handler.isSubscriptionSuccess(message, topics),
    login: handler.isAuthSuccess(message) ? 'success' : handler.isAuthFailure(message) || undefined,
    isPong: (kind === 'system' && handler.isPongResponse(message)) || undefined,
  };
}

function expected({ name: _, endpoint: __, frame: ___, topics: ____, ...members }: VenueFrame) {
  return members;
}

const rows = (frames: readonly VenueFrame[]) => frames.map((one) => [one.name, one] as const);

describe('the handler reads', () => {
  it.each(rows(acknowledgements))('%s [BY1]', (_, one) => expect(read(one)).toEqual(expected(one)));
  it.each(rows(updates))('%s [BY2]', (_, one) => expect(read(one)).toEqual(expected(one)));
  it.each(rows(heartbeats))('%s [BY3]', (_, one) => expect(read(one)).toEqual(expected(one)));
  it.each(rows(logins))('a login: %s [BY4]', (_, one) => expect(read(one)).toEqual(expected(one)));
  it.each(rows(orders))('%s [BY5]', (_, one) => expect(read(one)).toEqual(expected(one)));

  it('the topics that a confirmation of options lists [BY1]', () => {
    const lists = { data: { failTopics: ['a'], successTopics: ['b', 'c'] }, type: 'COMMAND_RESP' };
    expect(handlers.public.acknowledgedTopics(frame(lists))).toEqual(['b', 'c', 'a']);
    expect(handlers.public.acknowledgedTopics(frame({ success: true, op: 'subscribe' }))).toBeUndefined();
  });

  it('what became of each order of a batch [BY5]', () => {
    const message = frame(batch);
    expect(handlers.trade.extractError(message)).toBeUndefined();
    expect(handlers.trade.extractResult(message)).toEqual([
      { ...batch.data.list[0], code: 0, msg: 'OK' },
      { ...batch.data.list[1], code: 10_001, msg: 'position idx not match position mode' },
    ]);
  });

  it('updates without parsing them [BY2]', () => {
    for (const one of updates) {
      const message = frame(one.frame);
      Object.defineProperty(message, 'json', { get: () => expect.unreachable('it was parsed') });
      const handler = handlers[one.endpoint ?? 'public'];
      handler.classifyMessage(message);
      handler.extractTopic(message);
      handler.extractSequence(message);
      handler.extractSignal(message);
    }
  });
});

describe('the handler writes', () => {
  it('subscriptions [BY1]', () => {
    const topics = ['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'];
    expect(sent(handlers.public.buildSubscribe(topics, 'b-1'))).toEqual([
      { req_id: 'b-1', op: 'subscribe', args: topics },
    ]);
    expect(sent(handlers.private.buildUnsubscribe(['order'], 'b-7'))).toEqual([
      { req_id: 'b-7', op: 'unsubscribe', args: ['order'] },
    ]);
    expect(handlers.public.limits.topicsPerFrame).toBe(10);
  });

  it('a ping each 20 seconds [BY3]', () => {
    expect(sent(handlers.public.buildPing())).toEqual([{ op: 'ping' }]);
    expect(handlers.public.keepAlive).toEqual({ interval: 20_000, when: 'always', expectReply: true });
  });

  it('the login of the venue’s own example, and none for public data [BY4]', async () => {
    const signature = 'e9d8da903ae71875b8c621ad116728d5e419d498008293c9bde69729d2e4ab80';
    const now = () => 1_790_000_000_000;
    for (const handler of [handlers.private, handlers.trade, new BybitHandler({ ...credentials, now })]) {
      expect(sent(await handler.buildAuthMessage())).toEqual([
        { op: 'auth', args: [KEY, 1_790_000_010_000, signature] },
      ]);
    }
    expect(await new BybitHandler({ ...credentials, endpoint: 'public' }).buildAuthMessage()).toBeUndefined();
    expect(await handlers.public.buildAuthMessage()).toBeUndefined();
  });

  it('orders, with the time of the write [BY5]', () => {
    let time = 1;
    const handler = new BybitHandler({ ...credentials, endpoint: 'trade', now: () => time });
    const order = { category: 'linear', symbol: '"X-BAPI-TIMESTAMP":""', qty: '0.01' };
    const text = handler.stringify(handler.injectRequestId({ op: 'order.create', args: [order] }, 'o-1'));
    for (time of [1_790_000_007_207, 1_790_000_009_000]) {
      const header = { 'X-BAPI-TIMESTAMP': String(time), 'X-BAPI-RECV-WINDOW': '5000' };
      expect(sent(handler.prepareRequest(text))).toEqual([{ header, op: 'order.create', args: [order], reqId: 'o-1' }]);
    }
  });

  it('orders with a header of their own [BY5]', () => {
    const header = { Referer: 'bot', 'X-BAPI-RECV-WINDOW': '800', 'X-BAPI-TIMESTAMP': '5' };
    const request = handlers.trade.injectRequestId({ header, op: 'order.cancel', args: [] }, 'o-1');
    const [{ header: written }] = sent(handlers.trade.prepareRequest(JSON.stringify(request)));
    expect(written).toEqual({ Referer: 'bot', 'X-BAPI-RECV-WINDOW': '800', 'X-BAPI-TIMESTAMP': '1790000000000' });
  });

  it('requests to other addresses as they are [BY5]', () => {
    const request = handlers.public.injectRequestId({ op: 'ping' }, 'b-1');
    expect(request).toEqual({ op: 'ping', req_id: 'b-1' });
    expect(handlers.public.prepareRequest('"X-BAPI-TIMESTAMP":""')).toBe('"X-BAPI-TIMESTAMP":""');
    expect(() => handlers.public.injectRequestId(['ping'], 'b-1')).toThrow('A request must be an object');
  });
});

it('a refused upgrade is about the address, and the client waits for five minutes [BY6]', () => {
  const refused = (status: number) =>
    handlers.private.classifyClose({ code: 1006, reason: '', status, hasCredentials: true });
  expect(refused(403)).toEqual({ verdict: 'retry', delay: 300_000 });
  expect(refused(503)).toBe('retry');
});

it.each([
  ['an unknown option', { key: 'abc' }, 'key'],
  ['an unknown endpoint', { endpoint: 'spot' }, 'endpoint'],
  ['a key without a secret', { apiKey: KEY }, 'secret'],
  ['a secret without a key', { secret: SECRET }, 'apiKey'],
  ['an empty key', { apiKey: '', secret: SECRET }, 'apiKey'],
  ['a secret that is no text', { apiKey: KEY, secret: 5 }, 'secret'],
  ['the account without a key', { endpoint: 'private' }, 'apiKey'],
  ['orders without a key', { endpoint: 'trade' }, 'apiKey'],
  ['a window that is too long', { recvWindow: 60_001 }, 'recvWindow'],
  ['a time that is no function', { now: 5 }, 'now'],
])('%s is a ConfigError without a secret [BY7]', (_, options, field) => {
  try {
    new BybitHandler(options as object);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field });
    expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/kx7|sX9/);
  }
});
