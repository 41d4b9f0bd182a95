import { describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../../src/errors.js';
import { JsonRpcHandler, type JsonRpcOptions } from '../../src/handlers/json-rpc.js';
import type { RequestId } from '../../src/identifiers.js';
import { frame, subscriptionContext } from '../support/handlers.js';

const ethereum = () =>
  new JsonRpcHandler({
    subscribeMethod: 'eth_subscribe',
    unsubscribeMethod: 'eth_unsubscribe',
    notificationMethod: 'eth_subscription',
  });

describe('JsonRpcHandler: subscribe calls', () => {
  it('need the subscribeMethod option', () => {
    const handler = new JsonRpcHandler();
    expect(() => handler.buildSubscribe(['a'], 1, subscriptionContext())).toThrow(ConfigError);
    expect(() => handler.buildSubscribe(['a'], 1, subscriptionContext())).toThrow(
      /subscribeMethod is undefined; allowed is the method of the server/,
    );
    expect(handler.buildUnsubscribe(['a'], 1, subscriptionContext())).toBeUndefined();
  });

  it('are one call per topic, with the params after the topic', () => {
    const handler = ethereum();
    const filter = { address: '0x83' };
    expect(handler.limits).toEqual({ topicsPerFrame: 1 });
    expect(handler.buildSubscribe(['newHeads'], 'r1', subscriptionContext())).toEqual([
      '{"jsonrpc":"2.0","method":"eth_subscribe","params":["newHeads"],"id":"r1"}',
    ]);
    const logs = handler.canonicalTopic('logs', filter);
    expect(handler.buildSubscribe([logs], 'r2', subscriptionContext({ [logs]: filter }))).toEqual([
      '{"jsonrpc":"2.0","method":"eth_subscribe","params":["logs",{"address":"0x83"}],"id":"r2"}',
    ]);
  });

  it('differ by their params', () => {
    const handler = ethereum();
    expect(handler.canonicalTopic('logs', undefined)).toBe('logs');
    expect(handler.canonicalTopic('logs', { a: 1 })).toBe('logs?{"a":1}');
    expect(handler.canonicalTopic('logs', { a: 2 })).not.toBe(handler.canonicalTopic('logs', { a: 1 }));
  });

  it('keep the bare topic for a server that answers with it', () => {
    const aliases: Record<string, RequestId> = {};
    const handler = new JsonRpcHandler({ subscribeMethod: 'sub', unsubscribeMethod: 'unsub' });
    const topic = handler.canonicalTopic('book', { depth: 5 });
    handler.buildSubscribe([topic], 'r1', subscriptionContext({ [topic]: { depth: 5 } }, aliases));
    expect(aliases).toEqual({ [topic]: 'book' });
    expect(
      JSON.parse(String(handler.buildUnsubscribe([topic], 'r2', subscriptionContext({}, aliases)))).params,
    ).toEqual(['book']);
  });

  it('end by the name that the server chose', () => {
    const aliases = { newHeads: '0xcd0c', trades: 0 };
    const calls = ethereum().buildUnsubscribe(
      ['newHeads', 'trades', 'new'],
      'r1',
      subscriptionContext({}, aliases),
    ) as string[];
    expect(calls.map((call) => JSON.parse(call).params)).toEqual([['0xcd0c'], [0], ['new']]);
  });

  it('share a call if the server accepts many topics', () => {
    const handler = new JsonRpcHandler({
      subscribeMethod: 'public/subscribe',
      unsubscribeMethod: 'public/unsubscribe',
      subscribeParams: (subscriptions) => ({ channels: subscriptions.map(({ topic }) => topic) }),
      topicsPerFrame: 2,
    });
    const sent = (frames: unknown) => (frames as string[]).map((text) => JSON.parse(text).params.channels);
    expect(sent(handler.buildSubscribe(['a', 'b', 'c'], 1, subscriptionContext()))).toEqual([['a', 'b'], ['c']]);
    expect(sent(handler.buildUnsubscribe(['a', 'b'], 1, subscriptionContext()))).toEqual([['a', 'b']]);
  });

  it('may have a method and params per topic', () => {
    const handler = new JsonRpcHandler({
      subscribeMethod: (topic) => `${topic}Subscribe`,
      unsubscribeMethod: (topic) => `${topic}Unsubscribe`,
      subscribeParams: ([subscription]) => subscription?.params as object,
      unsubscribeParams: ([subscription]) => [subscription?.alias],
    });
    const topic = handler.canonicalTopic('account', ['CM78']);
    expect(JSON.parse(String(handler.buildSubscribe([topic], 1, subscriptionContext({ [topic]: ['CM78'] }))))).toEqual({
      jsonrpc: '2.0',
      method: 'accountSubscribe',
      params: ['CM78'],
      id: 1,
    });
    const end = handler.buildUnsubscribe([topic], 2, subscriptionContext({ [topic]: ['CM78'] }, { [topic]: 23784 }));
    expect(JSON.parse(String(end))).toEqual({ jsonrpc: '2.0', method: 'accountUnsubscribe', params: [23784], id: 2 });
  });
});

describe('JsonRpcHandler: results of a subscribe call', () => {
  const outcome = (answer: unknown, topics = ['a', 'b'], options: JsonRpcOptions = {}) =>
    new JsonRpcHandler(options).isSubscriptionSuccess(frame(answer), topics);

  it('name the subscription, by a text or a number', () => {
    expect(outcome({ id: 1, result: '0xcd0c' }, ['newHeads'])).toEqual({
      accepted: ['newHeads'],
      aliases: { newHeads: '0xcd0c' },
    });
    expect(outcome({ id: 1, result: 0 }, ['a'])).toEqual({ accepted: ['a'], aliases: { a: 0 } });
    expect(outcome('{"id":1,"result":12345678901234567890}', ['a'])).toEqual({
      accepted: ['a'],
      aliases: { a: '12345678901234567890' },
    });
  });

  it.each([['ok'], ['OK'], ['success'], [true], [null], [{}], [{ count: 1 }], [[{ topic: 'x' }]], ['a']])(
    'confirm by %j',
    (result) => {
      expect(outcome({ id: 1, result }, ['a'])).toBe(true);
      expect(outcome({ id: 1, result })).toBe(true);
    },
  );

  it('refuse by false or by an error', () => {
    expect(outcome({ id: 1, result: false })).toBe(false);
    expect(outcome({ id: 1, error: { code: -32601, message: 'no' } })).toBe(false);
    expect(outcome({ id: 1 })).toBe(false);
  });

  it('list the accepted topics, in any order, and refuse the others', () => {
    expect(outcome({ id: 1, result: ['b', 'a'] })).toEqual({ accepted: ['a', 'b'], refused: [] });
    expect(outcome({ id: 1, result: ['b'] })).toEqual({ accepted: ['b'], refused: ['a'] });
    expect(outcome({ id: 1, result: [] })).toBe(false);
    expect(outcome({ id: 1, result: ['a'] }, ['a?{"depth":5}'])).toEqual({ accepted: ['a?{"depth":5}'], refused: [] });
  });

  it('confirm or refuse topic by topic in an object', () => {
    expect(outcome({ id: 1, result: { a: 'ok', b: 'provided event invalid' } })).toEqual({
      accepted: ['a'],
      refused: ['b'],
    });
    expect(outcome({ id: 1, result: { a: true, b: true } })).toEqual({ accepted: ['a', 'b'], refused: [] });
    expect(outcome({ id: 1, result: { a: false } })).toBe(false);
  });

  it('may be read by the application', () => {
    const outcomeOf = vi.fn((result: unknown) => ({
      accepted: ['a'],
      aliases: { a: (result as { subscriptionId: number }).subscriptionId },
    }));
    expect(outcome({ id: 1, result: { subscriptionId: 0 } }, ['a'], { outcomeOf })).toEqual({
      accepted: ['a'],
      aliases: { a: 0 },
    });
    expect(outcomeOf).toHaveBeenCalledWith({ subscriptionId: 0 }, ['a']);
    expect(outcome({ id: 1, error: { message: 'no' } }, ['a'], { outcomeOf })).toBe(false);
    expect(outcomeOf).toHaveBeenCalledTimes(1);
  });
});

describe('JsonRpcHandler: updates', () => {
  const notification = (method: string, params: unknown) => frame({ jsonrpc: '2.0', method, params });

  it('arrive by the configured method only', () => {
    const handler = ethereum();
    expect(handler.classifyMessage(notification('eth_subscription', { subscription: '0x1', result: 1 }))).toBe(
      'update',
    );
    expect(handler.classifyMessage(notification('other', {}))).toBe('unknown');
    const several = new JsonRpcHandler({ notificationMethod: ['accountNotification', 'slotNotification'] });
    expect(several.classifyMessage(notification('slotNotification', {}))).toBe('update');
    expect(several.classifyMessage(notification('rootNotification', {}))).toBe('unknown');
  });

  it.each<[params: unknown, topic: unknown, data: unknown]>([
    [{ subscription: '0x1', result: { number: 7 } }, '0x1', { number: 7 }],
    [{ result: null, subscription: 23784 }, 23784, null],
    [{ channel: 'book.BTC', data: [1] }, 'book.BTC', [1]],
    [{ topic: 'a', price: 5 }, 'a', { topic: 'a', price: 5 }],
    [{ data: { subscription: 'inner' }, channel: 'a' }, 'a', { subscription: 'inner' }],
    [{ other: 1 }, undefined, { other: 1 }],
    [[1, 2], undefined, [1, 2]],
    [undefined, undefined, undefined],
  ])('have for params %j the topic %j and the data %j', (params, topic, data) => {
    const handler = ethereum();
    const usual = notification('eth_subscription', params);
    expect(handler.extractTopic(usual)).toBe(topic);
    expect(handler.extractData(usual)).toEqual(data);
    const unusual = frame({ testnet: false, params, method: 'eth_subscription' });
    expect(handler.extractTopic(unusual)).toBe(topic);
  });

  it('are routed without parsing', () => {
    const handler = ethereum();
    const parse = vi.spyOn(JSON, 'parse');
    for (const text of [
      '{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x1","result":{}}}',
      ' {\n "params" : {"result":{}, "subscription" : "0x1"}, "method":"eth_subscription"}',
    ]) {
      const update = frame(text);
      expect(handler.classifyMessage(update)).toBe('update');
      expect(handler.extractTopic(update)).toBe('0x1');
    }
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('may be read by the application', () => {
    const handler = new JsonRpcHandler({
      notificationMethod: 'notify',
      topicOf: (params) => params.stream,
      dataOf: (params) => params.payload,
    });
    const update = notification('notify', { stream: 'a', channel: 'b', payload: 5 });
    expect(handler.extractTopic(update)).toBe('a');
    expect(handler.extractData(update)).toBe(5);
    expect(handler.extractTopic(notification('notify', {}))).toBeUndefined();
  });

  it('have their method as the topic by default', () => {
    const handler = new JsonRpcHandler({ subscribeMethod: 'rpc.on', unsubscribeMethod: 'rpc.off' });
    const update = notification('feedUpdated', ['a', 1]);
    expect(handler.classifyMessage(update)).toBe('update');
    expect(handler.extractTopic(update)).toBe('feedUpdated');
    expect(handler.extractData(update)).toEqual(['a', 1]);
    expect(handler.extractData(notification('feedUpdated', { data: 1 }))).toEqual({ data: 1 });
    expect(handler.classifyMessage(frame('{"method":"feedUpdated","id":1}'))).toBe('system');
    expect(handler.serverChoosesTopics).toBe(false);
    expect(ethereum().serverChoosesTopics).toBe(true);
  });
});
