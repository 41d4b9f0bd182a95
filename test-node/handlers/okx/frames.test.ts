import { OkxHandler, urls } from 'hpx-transport-ws/handlers/okx';
import { describe, expect, it } from 'vitest';
import { frame, sent, subscriptionContext } from '../../support/handlers.js';
import { ASKED, frames, type VenueFrame } from './frames.js';
import { KEYS } from './keys.js';

const handler = new OkxHandler(KEYS);

/** What the handler reads in a frame, with the members that `VenueFrame` may have. */
function read(value: unknown) {
  const message = frame(value);
  const kind = handler.classifyMessage(message);
  const isJson = message.json !== undefined;
  const error = isJson && kind !== 'update' ? handler.extractError(message) : undefined;
  return {
    kind,
    id: kind === 'update' ? undefined : handler.extractRequestId(message),
    topic: kind === 'update' ? handler.extractTopic(message) : undefined,
    sequence: kind === 'update' ? handler.extractSequence(message) : undefined,
    error,
    signal: handler.extractSignal(message),
    outcome: kind === 'control' ? handler.isSubscriptionSuccess(message, ASKED) : undefined,
    login: handler.isAuthSuccess(message) ? 'accepted' : handler.isAuthFailure(message) || undefined,
    result: kind === 'response' && !error ? handler.extractResult(message) : undefined,
  };
}

describe('a frame of OKX', () => {
  it.each(frames.map((one) => [one.name, one] as const))('is understood: %s [OK1, OK4, OK7, OK11]', (_, one) => {
    const { name, frame: value, ...expected }: VenueFrame = one;
    expect(read(value)).toEqual(expected);
  });

  it('is a pong only as the text that it is [OK1]', () => {
    expect(handler.isPongResponse(frame('pong'))).toBe(true);
    expect(handler.isPongResponse(frame({ event: 'pong' }))).toBe(false);
  });

  it('makes no message where nobody has to hear of it [OK1]', () => {
    expect(handler.replyTo(frame({ event: 'channel-conn-count', channel: 'orders', connCount: '2' }))).toEqual([]);
    expect(handler.replyTo(frame({ event: 'login', code: '0' }))).toEqual([]);
    expect(handler.replyTo(frame({ event: 'notice', code: '1' }))).toBeUndefined();
  });

  it('has an address for market data, accounts and candlesticks [OK1]', () => {
    for (const { public: one, private: two, business: three } of [urls, urls.testnet, urls.us, urls.eea]) {
      expect([one, two, three].map((url) => new URL(url).pathname)).toEqual([
        '/ws/v5/public',
        '/ws/v5/private',
        '/ws/v5/business',
      ]);
    }
  });
});

describe('a topic', () => {
  it('is an arg of the venue [OK2]', () => {
    const built = handler.buildSubscribe(['books?instId=BTC-USDT', 'account'], '1512', subscriptionContext());
    expect(sent(built)).toEqual([
      { id: '1512', op: 'subscribe', args: [{ channel: 'books', instId: 'BTC-USDT' }, { channel: 'account' }] },
    ]);
    expect(sent(handler.buildUnsubscribe(['tickers?instId=ETH-USDT'], '1514'))).toEqual([
      { id: '1514', op: 'unsubscribe', args: [{ channel: 'tickers', instId: 'ETH-USDT' }] },
    ]);
  });

  it('may name its members in any order [OK2]', () => {
    const canonical = 'orders?instId=BTC-USDT&instType=SPOT';
    expect(handler.canonicalTopic('orders?instType=SPOT&instId=BTC-USDT')).toBe(canonical);
    expect(handler.canonicalTopic(canonical)).toBe(canonical);
  });

  it.each(['', '?instId=BTC', 'books?instId', 'books?a=1&a=2'])('is refused in another form: "%s" [OK2]', (topic) => {
    expect(() => handler.canonicalTopic(topic)).toThrow(expect.objectContaining({ field: 'topic' }));
  });

  it('has its params as extraParams [OK2]', () => {
    const params = { 'positions?instType=ANY': { updateInterval: '0' }, account: '{"updateInterval":"1"}', fills: 5 };
    const context = subscriptionContext(params);
    const [{ args }] = sent(handler.buildSubscribe(['positions?instType=ANY', 'account'], '1', context));
    expect(args).toEqual([
      { channel: 'positions', instType: 'ANY', extraParams: '{"updateInterval":"0"}' },
      { channel: 'account', extraParams: '{"updateInterval":"1"}' },
    ]);
    expect(() => handler.buildSubscribe(['fills'], '1', context)).toThrow(expect.objectContaining({ field: 'params' }));
  });

  it('gets the updates of an arg that says more, unless somebody asked for that arg [OK3]', () => {
    const own = new OkxHandler();
    const update = frame({ arg: { channel: 'orders', instType: 'SPOT', instId: 'BTC-USDT', uid: '1' }, data: [] });
    own.buildSubscribe(['orders?instType=SPOT', 'orders?instType=SWAP'], '1', subscriptionContext());
    expect(own.extractTopic(update)).toEqual(['orders?instType=SPOT']);
    own.buildSubscribe(['orders?instId=BTC-USDT&instType=SPOT'], '2', subscriptionContext());
    expect(own.extractTopic(update)).toBe('orders?instId=BTC-USDT&instType=SPOT');
    own.buildUnsubscribe(['orders?instId=BTC-USDT&instType=SPOT'], '3');
    expect(own.extractTopic(update)).toEqual(['orders?instType=SPOT']);
  });

  it('is refused without credentials where the venue wants a login [OK6]', () => {
    const wish = frame({ event: 'error', code: '60011', msg: 'Please log in', id: '5' });
    const nobody = new OkxHandler();
    expect(nobody.isSubscriptionSuccess(wish, ['account'])).toEqual({ refused: ['account'] });
    expect(nobody.extractSignal(wish)).toBeUndefined();
    expect(handler.isSubscriptionSuccess(wish, ['account'])).toEqual({ refused: ['account'], retryable: true });
  });
});

describe('a connection', () => {
  it('loses the topics of a channel that too many connections have [OK10]', () => {
    const own = new OkxHandler();
    own.buildSubscribe(['orders?instType=SPOT', 'orders?instType=SWAP', 'account'], '1', subscriptionContext());
    own.buildUnsubscribe(['orders?instType=SWAP'], '2');
    const event = { event: 'channel-conn-count-error', channel: 'orders', connCount: '30', connId: 'a4d3ae11' };
    expect(own.extractSignal(frame(event))).toMatchObject({ type: 'revoked', topics: ['orders?instType=SPOT'] });
    expect(own.classifyMessage(frame(event))).toBe('system');
  });

  it('that ended is replaced, and a refused login counts as such [OK10]', () => {
    const end = (code: number) => handler.classifyClose({ code, reason: 'No data received in 30s.' });
    expect([end(4004), end(1006), end(4001)]).toEqual(['retry', 'retry', 'authentication']);
  });

  it('is kept alive by a text after 25 seconds of silence [OK9]', () => {
    expect(handler.buildPing()).toBe('ping');
    expect(handler.keepAlive).toEqual({ interval: 25_000, when: 'after-silence', expectReply: true });
  });

  it('keeps the limits of the venue, logins included [OK9]', () => {
    const hour = { window: 3_600_000 };
    expect(new OkxHandler().limits).toMatchObject({
      subscriptionFrames: { count: 480, ...hour },
      attempts: { count: 3, window: 1_000 },
      bytesPerFrame: 65_536,
    });
    expect(handler.limits).toMatchObject({ subscriptionFrames: { count: 470, ...hour } });
  });

  it('has ids of letters and digits [OK8]', () => {
    const ids = Array.from({ length: 100 }, () => handler.generateRequestId());
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9A-Za-z]{1,32}$/);
  });
});

describe('an answer that quotes its request', () => {
  it('belongs to the request with the quoted id [OK8]', () => {
    const quote = frame({ event: 'error', code: '60012', msg: 'Illegal request: {"id":"abc","op":"order"}' });
    expect(handler.extractRequestId(quote)).toBe('abc');
  });
});
