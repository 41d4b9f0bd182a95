import { describe, expect, it, vi } from 'vitest';
import { ConfigError, ProtocolError } from '../../src/errors.js';
import { type ExchangeHandler, fromExchangeHandler } from '../../src/handlers/exchange-handler.js';
import type { SubscriptionContext } from '../../src/protocol/handler-types.js';
import { Message } from '../../src/protocol/message.js';
import { ProtocolHandler } from '../../src/protocol/protocol-handler.js';

const context: SubscriptionContext = {
  params: () => undefined,
  alias: () => undefined,
  setAlias: () => undefined,
  newRequestId: () => 'further',
  wanted: [],
};
const old = (more: Partial<ExchangeHandler> = {}): ExchangeHandler => ({
  getTopic: (text) => (text.startsWith('{') ? (JSON.parse(text).channel as string | undefined) : null),
  buildSubscribe: (topic) => JSON.stringify({ sub: topic }),
  buildUnsubscribe: (topic) => JSON.stringify({ unsub: topic }),
  ...more,
});

describe('fromExchangeHandler', () => {
  it('routes by topic and leaves other messages to the application', () => {
    const handler = fromExchangeHandler(old());
    const update = new Message('{"channel":"trades.BTC","price":1}');
    expect(handler.classifyMessage(update)).toBe('update');
    expect(handler.extractTopic(update)).toBe('trades.BTC');
    expect(handler.extractData(update)).toEqual({ channel: 'trades.BTC', price: 1 });
    expect(handler.classifyMessage(new Message('{"id":1}'))).toBe('unknown');
    expect(handler.classifyMessage(new Message('pong'))).toBe('unknown');
    expect(handler.extractRequestId(new Message('{"id":1}'))).toBeUndefined();
  });

  it('asks for the topic of a message once', () => {
    const getTopic = vi.fn(() => 'a');
    const handler = fromExchangeHandler(old({ getTopic }));
    const messages = [new Message('1'), new Message('2')];
    for (const message of messages) {
      handler.classifyMessage(message);
      handler.extractTopic(message);
    }
    expect(getTopic.mock.calls).toEqual([['1'], ['2']]);
  });

  it('sends one frame per topic and needs no confirmation', () => {
    const handler = fromExchangeHandler(old());
    expect(handler.buildSubscribe(['a', 'b'], 'r1', context)).toEqual(['{"sub":"a"}', '{"sub":"b"}']);
    expect(handler.buildUnsubscribe(['a'], 'r1', context)).toEqual(['{"unsub":"a"}']);
    expect(handler.isSubscriptionSuccess).toBe(ProtocolHandler.prototype.isSubscriptionSuccess);
  });

  it('warns that it is deprecated and names its replacement', () => {
    expect(fromExchangeHandler(old()).deprecation).toMatch(/deprecated.*docs\/migrating-from-exchange-handler\.md/);
  });

  it('refuses requests at once instead of letting them time out', () => {
    const handler = fromExchangeHandler(old());
    expect(() => handler.injectRequestId({}, 'r1')).toThrow(ProtocolError);
    expect(() => handler.injectRequestId({}, 'r1')).toThrow(/sendJson/);
  });

  it('overrides only the methods that the old handler has', () => {
    const plain = fromExchangeHandler(old());
    for (const name of ['onConnect', 'decodeBinary', 'split'] as const) {
      expect(plain[name]).toBe(ProtocolHandler.prototype[name]);
    }
  });

  it('calls the old handler with its own this', async () => {
    class Old implements ExchangeHandler {
      readonly prefix = 'x.';
      getTopic(text: string) {
        return this.prefix + text;
      }
      buildSubscribe(topic: string) {
        return this.prefix + topic;
      }
      buildUnsubscribe(topic: string) {
        return `-${this.prefix}${topic}`;
      }
      onConnect() {
        return [`${this.prefix}login`];
      }
      decodeBinary(data: Uint8Array) {
        return this.prefix + data.length;
      }
    }
    const handler = fromExchangeHandler(new Old());
    expect(handler.extractTopic(new Message('a'))).toBe('x.a');
    expect(handler.buildSubscribe(['a'], 1, context)).toEqual(['x.a']);
    expect(handler.buildUnsubscribe(['a'], 1, context)).toEqual(['-x.a']);
    expect(handler.onConnect()).toEqual(['x.login']);
    expect(handler.decodeBinary(new Uint8Array(3))).toBe('x.3');
  });

  it('takes null from decodeBinary as an empty message, synchronous or not', async () => {
    expect(fromExchangeHandler(old({ decodeBinary: () => null })).decodeBinary(new Uint8Array())).toBe('');
    const later = fromExchangeHandler(old({ decodeBinary: async (data) => (data.length > 0 ? 'text' : undefined) }));
    await expect(later.decodeBinary(new Uint8Array(1))).resolves.toBe('text');
    await expect(later.decodeBinary(new Uint8Array())).resolves.toBe('');
  });

  it.each(['getTopic', 'buildSubscribe', 'buildUnsubscribe'])('requires %s', (name) => {
    const make = () => fromExchangeHandler({ ...old(), [name]: undefined } as unknown as ExchangeHandler);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(`handler.${name} is undefined; allowed is a function.`);
  });
});

describe('processMessage of an ExchangeHandler', () => {
  type Result = ReturnType<NonNullable<ExchangeHandler['processMessage']>>;
  const take = (result: Result, text = '{"channel":"a","n":1}') => {
    const handler = fromExchangeHandler(old({ processMessage: () => result }));
    const message = new Message(text);
    const parts = handler.split(message) as Message[] | undefined;
    const part = parts?.[0] ?? message;
    return {
      kind: handler.classifyMessage(part),
      topic: handler.extractTopic(part),
      data: handler.extractData(part),
      parts,
    };
  };

  it('changes nothing when it returns nothing', () => {
    expect(take(undefined)).toEqual({ kind: 'update', topic: 'a', data: { channel: 'a', n: 1 }, parts: undefined });
  });

  it('may replace the message', () => {
    expect(take('{"channel":"b"}')).toMatchObject({ kind: 'update', topic: 'b', data: { channel: 'b' } });
  });

  it('may also set the topic', () => {
    expect(take(['c', '{"n":2}'])).toMatchObject({ kind: 'update', topic: 'c', data: { n: 2 } });
  });

  it('may keep a message away from every channel', () => {
    expect(take(null)).toMatchObject({ kind: 'unknown', topic: undefined });
  });

  it('sees each message once', () => {
    const processMessage = vi.fn(() => undefined);
    const handler = fromExchangeHandler(old({ processMessage }));
    const message = new Message('{"channel":"a"}');
    void handler.split(message);
    handler.classifyMessage(message);
    handler.extractTopic(message);
    expect(processMessage.mock.calls).toEqual([['{"channel":"a"}']]);
  });
});
