import { inspect } from 'node:util';
import { ConfigError } from 'hpx-transport-ws';
import { BinanceApiHandler, type BinanceApiOptions } from 'hpx-transport-ws/handlers/binance';
import { describe, expect, it } from 'vitest';
import { frame } from '../../support/handlers.js';
import { API_KEY, ED25519_KEY, ED25519_SIGNATURE, HMAC_SECRET, HMAC_SIGNATURE, rsaKey } from './keys.js';

const ORDER = {
  symbol: 'BTCUSDT',
  side: 'SELL',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01000000',
  price: '92000.00',
};
const now = () => 1_790_000_001_532;

/** A request as it is written. */
async function prepared(handler: BinanceApiHandler, method: string, params?: object) {
  const text = await handler.prepareRequest(handler.stringify({ id: 1, method, params }), 1);
  return JSON.parse(String(text)) as { id: number; method: string; params?: Record<string, unknown> };
}

describe('a request', () => {
  it('is signed with HMAC over all params, sorted by name [BI4]', async () => {
    const handler = new BinanceApiHandler({ apiKey: API_KEY, secret: HMAC_SECRET, recvWindow: 5_000, now });
    expect(await prepared(handler, 'order.place', ORDER)).toEqual({
      id: 1,
      method: 'order.place',
      params: { ...ORDER, recvWindow: 5_000, timestamp: now(), apiKey: API_KEY, signature: HMAC_SIGNATURE },
    });
  });

  it('is signed with an RSA key [BI4]', async () => {
    const { isSigned, pem } = rsaKey();
    const handler = new BinanceApiHandler({ apiKey: API_KEY, secret: pem, now });
    const { params } = await prepared(handler, 'account.status');
    expect(isSigned(`apiKey=${API_KEY}&timestamp=${now()}`, String(params?.signature))).toBe(true);
  });

  it('is signed with an Ed25519 key if sessions are not wanted [BI4]', async () => {
    const options = { apiKey: API_KEY, secret: ED25519_KEY, now: () => 1_790_000_000_532 };
    const handler = new BinanceApiHandler({ ...options, logon: false });
    expect(await handler.buildAuthMessage()).toBeUndefined();
    expect((await prepared(handler, 'account.status')).params?.signature).toBe(ED25519_SIGNATURE);
  });

  it('has only a time stamp inside a session [BI4]', async () => {
    const handler = new BinanceApiHandler({ apiKey: API_KEY, secret: ED25519_KEY, now });
    expect(await prepared(handler, 'order.place', ORDER)).toEqual({
      id: 1,
      method: 'order.place',
      params: { ...ORDER, timestamp: now() },
    });
  });

  it('keeps a time stamp of the application [BI4]', async () => {
    const handler = new BinanceApiHandler({ apiKey: API_KEY, secret: HMAC_SECRET, now });
    expect((await prepared(handler, 'account.status', { timestamp: 5 })).params?.timestamp).toBe(5);
  });

  it.each(['ping', 'time', 'depth', 'trades.recent', 'ticker.24hr', 'session.status', 'userDataStream.unsubscribe'])(
    '%s is left as it is, because the venue refuses a signature there [BI4]',
    async (method) => {
      const handler = new BinanceApiHandler({ apiKey: API_KEY, secret: HMAC_SECRET, now });
      expect(await prepared(handler, method, { symbol: 'BTCUSDT' })).toEqual({
        id: 1,
        method,
        params: { symbol: 'BTCUSDT' },
      });
    },
  );

  it('is left as it is without a key [BI4]', () => {
    expect(new BinanceApiHandler().prepareRequest('{"id":1,"method":"order.place"}')).toBe(
      '{"id":1,"method":"order.place"}',
    );
  });

  it('keeps every digit of an id, from the answer to the next request [BI8]', async () => {
    const handler = new BinanceApiHandler({ apiKey: API_KEY, secret: HMAC_SECRET, now });
    const answer = handler.parse('{"orderId":9007199254740993,"price":"12345678901234567890","n":12510053280}');
    expect(answer).toEqual({ orderId: '9007199254740993', price: '12345678901234567890', n: 12_510_053_280 });
    const { orderId } = answer as { orderId: string };
    const payload = {
      method: 'order.cancel',
      params: { symbol: 'BTCUSDT', orderId, newClientOrderId: '9007199254740995' },
    };
    const text = String(await handler.prepareRequest(handler.stringify(payload)));
    expect(text).toContain('"orderId":9007199254740993,');
    expect(text).toContain('"newClientOrderId":"9007199254740995"');
  });

  it('other long numbers stay as they are [BI8]', () => {
    const { parse } = BinanceApiHandler.prototype;
    expect(parse('[0.1234567890123456789, 1790000001532000, -9007199254740993, "9007199254740993,1"]')).toEqual([
      0.12345678901234568,
      1_790_000_001_532_000,
      '-9007199254740993',
      '9007199254740993,1',
    ]);
  });
});

describe('a session', () => {
  const handler = new BinanceApiHandler({ apiKey: API_KEY, secret: ED25519_KEY, now: () => 1_790_000_000_532 });

  it('is logged on with an Ed25519 key, with a new id each time [BI5]', async () => {
    const [first, second] = [await handler.buildAuthMessage(), await handler.buildAuthMessage()].map((text) =>
      JSON.parse(String(text)),
    );
    const params = { apiKey: API_KEY, timestamp: 1_790_000_000_532, signature: ED25519_SIGNATURE };
    expect(first).toEqual({ id: 'logon-1', method: 'session.logon', params });
    expect(second.id).toBe('logon-2');
  });

  it('is not logged on with another key, which the venue refuses there [BI5]', async () => {
    const hmac = new BinanceApiHandler({ apiKey: API_KEY, secret: HMAC_SECRET });
    expect(await hmac.buildAuthMessage()).toBeUndefined();
  });

  it.each([
    ['a wrong key', 401, -2015, 'final'],
    ['a key in a wrong form', 400, -2014, 'final'],
    ['a wrong signature', 400, -1022, 'final'],
    ['a wrong clock', 400, -1021, 'retry'],
    ['a rate limit', 429, -1003, 'retry'],
    ['a failure of the venue', 500, -1000, 'retry'],
    ['any other reason', 400, -1100, true],
  ])('is refused for %s [BI5]', (_, status, code, failure) => {
    const refusal = frame({ id: 'logon-1', status, error: { code, msg: 'no' } });
    expect([handler.isAuthSuccess(refusal), handler.isAuthFailure(refusal)]).toEqual([false, failure]);
  });

  it('is accepted, also if it was logged on already [BI5]', () => {
    const answer = frame({ id: 'logon-1', status: 200, result: { authorizedSince: 1_790_000_000_532 } });
    expect([handler.isAuthSuccess(answer), handler.isAuthFailure(answer)]).toEqual([true, false]);
  });

  it('takes no answer to another frame [BI5]', () => {
    const other = frame({ id: 7, status: 401, error: { code: -2015, msg: 'no' } });
    expect([handler.isAuthSuccess(other), handler.isAuthFailure(other)]).toEqual([false, false]);
  });
});

describe('an option', () => {
  it.each<[string, BinanceApiOptions, string]>([
    ['a key without its secret', { apiKey: API_KEY }, 'secret'],
    ['a secret without its key', { secret: HMAC_SECRET }, 'apiKey'],
    ['an empty secret', { apiKey: API_KEY, secret: ' ' }, 'secret'],
    ['a private key that is cut off', { apiKey: API_KEY, secret: ED25519_KEY.slice(0, 60) }, 'privateKey'],
    ['a session with an HMAC key', { apiKey: API_KEY, secret: HMAC_SECRET, logon: true }, 'logon'],
    ['a window that the venue refuses', { recvWindow: 60_001 }, 'recvWindow'],
    ['an unknown name', { passphrase: HMAC_SECRET } as BinanceApiOptions, 'passphrase'],
  ])('refuses %s and shows no secret [BI7]', (_, options, field) => {
    const error = failureOf(() => new BinanceApiHandler(options));
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).field).toBe(field);
    for (const secret of [API_KEY, HMAC_SECRET, 'MC4CAQ']) expect(inspect(error)).not.toContain(secret);
  });
});

function failureOf(code: () => unknown): unknown {
  try {
    return code();
  } catch (error) {
    return error;
  }
}
