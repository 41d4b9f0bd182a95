import { inspect } from 'node:util';
import * as sdk from 'hpx-transport-ws';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { cleanCause } from '../src/util/clean-cause.js';

const SECRET = 'S3CRETS3CRETS3CRET';
const everything = (error: unknown) => `${error} ${inspect(error, { depth: 9 })} ${JSON.stringify(error)}`;

describe('an error that is shown', () => {
  it.each([SECRET, { token: SECRET }, [SECRET], () => SECRET, Symbol(SECRET), 5n])(
    'a ConfigError shows only the type of a value like %o [ER9]',
    (value) => {
      const error = new sdk.ConfigError('url', value, 'a URL');
      expect(everything(error)).not.toContain(SECRET);
      expect(error.message).toMatch(/^url is an? \w+; allowed is a URL\.$/);
    },
  );

  it.each(['secret', 'apiKey', 'passphrase', 'token'])(
    'a ConfigError shows no number of the option %s [ER9]',
    (field) => {
      const error = new sdk.ConfigError(field, 123_456, 'a text');
      expect([error.message, String(error.value), inspect(error)].join()).not.toContain('123456');
    },
  );

  it.each([7, -1, Number.NaN, true, undefined, null])('a ConfigError shows %s [ER9]', (value) => {
    const error = new sdk.ConfigError('capacity', value, 'more');
    expect(error.message).toBe(`capacity is ${value}; allowed is more.`);
    expect(error.value).toBe(value);
  });

  it('has its name, code, message and facts as JSON, without data and cause [ER10]', () => {
    const cause = Object.assign(new Error('refused'), { headers: { authorization: SECRET } });
    const error = new sdk.RequestRejectedError('no', { serverCode: 7, data: { token: SECRET }, cause });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'RequestRejectedError',
      code: 'REQUEST_REJECTED',
      message: 'no',
      retryable: false,
      serverCode: 7,
    });
    expect(error.data).toEqual({ token: SECRET });
    expect(error.cause).toBe(cause);
    expect(everything(error)).not.toContain(SECRET);
    expect(inspect(error)).toMatch(/^RequestRejectedError: no\n[\s\S]+serverCode: 7[\s\S]+\[cause\]: Error: refused/);
  });

  it('prints the errors of this package that caused it [ER10]', () => {
    const cause = new sdk.ConnectionFailedError('no route', { status: 503 });
    const shown = inspect({ error: new sdk.MaxReconnectAttemptsError(3, { cause }) });
    expect(shown).toMatch(/attempts: 3[\s\S]+\[cause\]: ConnectionFailedError: no route[\s\S]+status: 503/);
  });

  it('is recognised by isTransportError(), also from another copy, and narrows by its code [ER11]', async () => {
    vi.resetModules();
    const copy = await import('../src/index.js');
    const foreign: unknown = new copy.ConfigError('url', 1, 'a URL');
    expect(foreign).not.toBeInstanceOf(sdk.TransportError);
    expect(sdk.isTransportError(foreign)).toBe(true);
    const error: unknown = new sdk.RequestTimeoutError(10, 'id');
    if (!sdk.isTransportError(error)) throw error;
    if (error.code === 'REQUEST_TIMEOUT') expectTypeOf(error).toEqualTypeOf<sdk.RequestTimeoutError>();
    for (const other of [undefined, null, 'x', new Error('x'), { code: 'CONFIG_INVALID' }]) {
      expect(sdk.isTransportError(other)).toBe(false);
    }
  });
});

describe('the cause of a platform error', () => {
  it('is a copy with the facts and without secrets [ER12]', () => {
    const inner = Object.assign(new Error(`connect to wss://u:${SECRET}@venue.test/ws?k=${SECRET}`), {
      code: 'ECONNREFUSED',
      address: '127.0.0.1',
      port: 443,
      input: `wss://venue.test/?k=${SECRET}`,
      request: { headers: { cookie: SECRET } },
    });
    const cause = Object.assign(new AggregateError([inner], 'all failed', { cause: inner }), { config: SECRET });
    const copy = cleanCause(cause) as AggregateError;
    expect(everything(copy)).not.toContain(SECRET);
    expect(copy).toBeInstanceOf(Error);
    expect(copy.message).toBe('all failed');
    expect(copy.errors[0]).toMatchObject({ code: 'ECONNREFUSED', address: '127.0.0.1', port: 443 });
    expect(copy.errors[0].message).toBe('connect to wss://venue.test/ws');
    expect(copy.cause).toMatchObject({ name: 'Error', code: 'ECONNREFUSED' });
  });

  it('ends with causes that go round in circles, and passes other values on [ER12]', () => {
    const round = new Error('round');
    round.cause = round;
    expect(() => everything(cleanCause(round))).not.toThrow();
    const own = new sdk.ProtocolError('own');
    for (const value of [undefined, null, 5, own]) expect(cleanCause(value)).toBe(value);
    expect(cleanCause(`wss://venue.test?k=${SECRET}`)).toBe('wss://venue.test/');
  });
});
