import { ConfigError, WebSocketConfig, type WebSocketConfigInput } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';

const url = 'ws://test';
const wrong: readonly [field: keyof WebSocketConfigInput, ...values: unknown[]][] = [
  ['url', undefined, null, '', 'http://test', 'ws://', 'ws://test/#fragment', 7, {}],
  ['protocols', 'two words', ['a', 'a'], [''], [7], {}, 7],
  ['reconnectInitialDelay', -1, Number.NaN, '500', null, Infinity],
  ['reconnectMaxDelay', -1, Number.NaN, Infinity],
  ['reconnectBackoffFactor', 0.5, 101, Number.NaN],
  ['reconnectMaxAttempts', -1, 1.5, Number.NaN],
  ['reconnectJitter', -0.1, 1.1, Number.NaN],
  ['reconnectMinUptime', -1, Infinity],
  ['pingInterval', -1, Infinity],
  ['idleTimeout', -1, Infinity],
  ['maxServerDelay', -1, Infinity],
  ['maxBufferedBytes', 0, 1.5, Infinity],
  ['callStacks', 1, 'yes', null],
  ['pongTimeout', 0, -1, Infinity],
  ['useWebsocketPing', 1, 'yes', null],
  ['requestTimeout', 0, -1, Number.NaN],
  ['maxPendingRequests', 0, 1.5, Infinity],
  ['pendingCleanupInterval', 0, Infinity],
  ['subscriptionChannelCapacity', 0, 1.5],
  ['commandChannelCapacity', -1, 1.5],
  ['connectTimeout', 0, Infinity],
  ['leaveTimeout', -1, Infinity],
  ['authOnConnect', 'true', 0],
  ['authTimeout', 0, Infinity],
  ['authMaxAttempts', 0, 1.5],
  ['maxMessageSize', 0, 1.5],
  ['nodeOptions', 'x', null, 7],
];

function thrown(input: unknown): ConfigError {
  try {
    new WebSocketConfig(input as WebSocketConfigInput);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(input)}`);
}

describe('WebSocketConfig', () => {
  it('fills the defaults [CF2]', () => {
    expect({ ...new WebSocketConfig({ url }) }).toEqual({
      url,
      protocols: [],
      reconnectInitialDelay: 500,
      reconnectMaxDelay: 30_000,
      reconnectBackoffFactor: 2,
      reconnectMaxAttempts: Infinity,
      reconnectJitter: 1,
      reconnectMinUptime: 5_000,
      pingInterval: 30_000,
      pongTimeout: 10_000,
      useWebsocketPing: true,
      requestTimeout: 30_000,
      maxPendingRequests: 1_000,
      pendingCleanupInterval: 60_000,
      subscriptionChannelCapacity: 1_024,
      commandChannelCapacity: 256,
      connectTimeout: 10_000,
      leaveTimeout: 5_000,
      authOnConnect: true,
      authTimeout: 10_000,
      authMaxAttempts: 3,
      maxMessageSize: 16_777_216,
      idleTimeout: 0,
      maxServerDelay: 300_000,
      maxBufferedBytes: 67_108_864,
      callStacks: false,
      nodeOptions: undefined,
    });
  });

  it.each(wrong)('a wrong %s names the field, the value and what is allowed [CF4]', (field, ...values) => {
    for (const value of values) {
      const error = thrown({ url, [field]: value });
      expect(error.field).toBe(field);
      expect(error.message).toMatch(new RegExp(`^${field} is .+; allowed is .+`));
      expect(error.code).toBe('CONFIG_INVALID');
    }
  });

  it('a maxBufferedBytes below a maxMessageSize that was set is an error, and the default gives way [CF2, CF4]', () => {
    const error = thrown({ url, maxBufferedBytes: 5_000, maxMessageSize: 5_001 });
    expect([error.field, error.message]).toEqual([
      'maxBufferedBytes',
      'maxBufferedBytes is 5000; allowed is at least maxMessageSize (5001).',
    ]);
    expect(new WebSocketConfig({ url, maxMessageSize: 100_000_000 }).maxBufferedBytes).toBe(100_000_000);
    const small = new WebSocketConfig({ url, maxBufferedBytes: 5_000 });
    expect(new WebSocketConfig(small.with({ pingInterval: 1_000 })).maxBufferedBytes).toBe(5_000);
  });

  it('every field has a test of wrong values [CF4]', () => {
    expect(wrong.map(([field]) => field).sort()).toEqual(Object.keys(new WebSocketConfig({ url })).sort());
  });

  it('an unknown field is an error, even one that every object has [CF4]', () => {
    expect(thrown({ url, reconectMaxDelay: 1 }).field).toBe('reconectMaxDelay');
    expect(thrown({ url, toString: 1 }).field).toBe('toString');
    for (const input of [undefined, null, 'ws://test', 7]) expect(thrown(input).field).toBe('config');
  });

  it('an initial delay above the maximum is an error [CF4]', () => {
    expect(thrown({ url, reconnectInitialDelay: 2_000, reconnectMaxDelay: 1_000 })).toMatchObject({
      field: 'reconnectInitialDelay',
      value: 2_000,
    });
    expect(() => new WebSocketConfig({ url }).with({ reconnectMaxDelay: 100 })).toThrow(ConfigError);
  });

  it('is frozen with its lists, and shares nothing with its input [CF3]', () => {
    const protocols = ['a'];
    const config = new WebSocketConfig({ url, protocols });
    protocols.push('b');
    expect(config.protocols).toEqual(['a']);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.protocols)).toBe(true);
    expect(() => Object.assign(config, { pingInterval: 1 })).toThrow(TypeError);
  });

  it('with() makes a changed copy [CF3]', () => {
    const base = new WebSocketConfig({ url, pongTimeout: 7_000 });
    const changed = base.with({ pingInterval: 15_000 }).with({ protocols: 'json' });
    expect(changed).toMatchObject({ url, pongTimeout: 7_000, pingInterval: 15_000, protocols: ['json'] });
    expect(base.pingInterval).toBe(30_000);
    expect(base.with({ pongTimeout: undefined as never }).pongTimeout).toBe(10_000);
  });

  it('accepts a url function and both schemes [CF1]', () => {
    for (const each of ['ws://test', 'wss://test:8443/path?key=1', () => 'ws://test', async () => ({ url })]) {
      expect(new WebSocketConfig({ url: each }).url).toBe(each);
    }
  });

  it('reports values that cannot be shown as text [CF4]', () => {
    expect(thrown({ url, pingInterval: Symbol('x') }).message).toContain('a symbol');
    expect(thrown({ url, pingInterval: Object.create(null) }).message).toContain('an object');
    expect(thrown({ url, pingInterval: 1n }).message).toContain('a bigint');
  });
});
