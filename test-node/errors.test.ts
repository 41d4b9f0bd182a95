import * as sdk from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';

const cause = new Error('cause');
const options = { cause, delivery: 'unsent' } as const;
const errors: readonly [code: string, error: sdk.TransportError, fields: object][] = [
  [
    'CONNECTION_FAILED',
    new sdk.ConnectionFailedError('m', { ...options, status: 503 }),
    { status: 503, retryable: true },
  ],
  [
    'CONNECTION_CLOSED',
    new sdk.ConnectionClosedError('m', { ...options, closeCode: 1006 }),
    { reason: 'm', closeCode: 1006 },
  ],
  ['AUTHENTICATION_FAILED', new sdk.AuthenticationFailedError('m', { ...options, serverCode: 7 }), { serverCode: 7 }],
  [
    'REQUEST_TIMEOUT',
    new sdk.RequestTimeoutError(10, 'id', options),
    { duration: 10, requestId: 'id', retryable: true },
  ],
  [
    'REQUEST_REJECTED',
    new sdk.RequestRejectedError('m', { ...options, serverCode: 1, data: 2 }),
    { serverCode: 1, data: 2 },
  ],
  ['SUBSCRIPTION_FAILED', new sdk.SubscriptionFailedError('t', 'm', options), { topic: 't' }],
  ['MAX_RECONNECT_ATTEMPTS', new sdk.MaxReconnectAttemptsError(3, options), { attempts: 3 }],
  ['PROTOCOL_ERROR', new sdk.ProtocolError('m', options), {}],
  ['CAPACITY_EXCEEDED', new sdk.CapacityExceededError('queue', 3, 'm', options), { limit: 'queue', capacity: 3 }],
  ['MESSAGE_TOO_LARGE', new sdk.MessageTooLargeError(3, 'm', options), { limit: 3 }],
];

describe('TransportError', () => {
  it.each(errors)('%s has its class, name, fields and stack [ER1, ER2, ER3]', (code, error, fields) => {
    expect(error).toBeInstanceOf(sdk.TransportError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, cause, delivery: 'unsent', ...fields });
    expect(error.name).toBe(error.constructor.name);
    expect(String(error)).toMatch(new RegExp(`^${error.name}: .+`));
    expect(error.stack).toContain(error.name);
  });

  it('has a class for each code [ER2]', () => {
    const classes = Object.values(sdk).filter(
      (value) => typeof value === 'function' && value.prototype instanceof sdk.TransportError,
    );
    const tested = [...errors.map(([, error]) => error.constructor), sdk.ConfigError];
    expect(new Set(classes)).toEqual(new Set(tested));
    expect(new Set(errors.map(([code]) => code)).size).toBe(errors.length);
  });

  it('has no empty cause and no name property of its own [ER1]', () => {
    const error = new sdk.ProtocolError('m');
    expect('cause' in error).toBe(false);
    expect(Object.hasOwn(error, 'name')).toBe(false);
    expect(error.delivery).toBeUndefined();
  });

  it('says how to go on after a timeout, by the delivery of the request [ER3]', () => {
    expect(new sdk.RequestTimeoutError(10, 'a', { delivery: 'unsent' }).message).toContain('safe to call again');
    expect(new sdk.RequestTimeoutError(10, 'a', { delivery: 'unknown' }).message).toContain('ask the server');
  });

  it('is the only failure of a subscription with one topic [CL15]', () => {
    const error = new sdk.SubscriptionFailedError('t', 'm');
    expect([...error.failures]).toEqual([['t', error]]);
  });
});
