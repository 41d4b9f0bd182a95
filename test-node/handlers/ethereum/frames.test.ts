import { ConfigError, JsonRpcHandler } from 'hpx-transport-ws';
import { EthereumHandler, urls } from 'hpx-transport-ws/handlers/ethereum';
import { describe, expect, it } from 'vitest';
import { frame, sent, settle, subscriptionContext } from '../../support/handlers.js';
import { filter, frames, HEADS, LOGS } from './frames.js';

const handler = new EthereumHandler();

describe('EthereumHandler reads', () => {
  it.each(frames.map((one) => [one.name, one] as const))('%s [ETH1]', (_, one) => {
    const message = frame(one.frame);
    expect(handler.classifyMessage(message)).toBe(one.kind);
    if (one.kind === 'update') {
      expect(handler.extractTopic(message)).toBe(one.topic);
      expect(handler.extractData(message)).toEqual(one.result);
      return;
    }
    expect(handler.extractRequestId(message)).toBe(one.id);
    expect(handler.extractError(message)?.code).toBe(one.code);
    if (one.code === undefined) expect(handler.extractResult(message)).toEqual(one.result);
  });

  it('the name that the node gives to a subscription [ETH2]', () => {
    const confirmation = frame({ jsonrpc: '2.0', id: 1, result: HEADS });
    expect(handler.isSubscriptionSuccess(confirmation, ['newHeads'])).toEqual({
      accepted: ['newHeads'],
      aliases: { newHeads: HEADS },
    });
    const refusal = frame({ jsonrpc: '2.0', id: 1, error: { code: -32_601, message: 'no such subscription' } });
    expect(handler.isSubscriptionSuccess(refusal, ['nope'])).toBe(false);
  });

  it('no success in a confirmation without a name [ETH2]', () => {
    for (const result of [null, true, {}]) {
      const outcome = handler.isSubscriptionSuccess(frame({ jsonrpc: '2.0', id: 1, result }), ['newHeads']);
      expect(outcome).toMatchObject({ refused: ['newHeads'] });
    }
  });

  it('a batch whose answers come in another order [ETH4]', () => {
    const calls = handler.injectRequestId([{ method: 'eth_chainId' }, { method: 'eth_nope' }], 9) as { id: number }[];
    expect(calls).toMatchObject([
      { id: 9, params: [] },
      { id: 1, params: [] },
    ]);
    const refusal = { code: -32_601, message: 'the method eth_nope does not exist/is not available' };
    const answers = [
      { jsonrpc: '2.0', id: 1, error: refusal },
      { jsonrpc: '2.0', id: 9, result: '0x1' },
    ];
    expect(settle(handler, JSON.stringify(answers))).toEqual([
      { id: 9, result: [{ result: '0x1' }, { error: refusal }] },
    ]);
  });

  it('a time-out of the node as an unknown outcome, and no other error [ETH5]', () => {
    const read = (code: number, message: string) =>
      handler.extractError(frame({ jsonrpc: '2.0', id: 1, error: { code, message } }))?.outcome;
    expect(read(-32_002, 'request timed out')).toBe('unknown');
    expect(read(-32_002, 'resource unavailable')).toBeUndefined();
    expect(read(-32_000, 'nonce too low')).toBeUndefined();
  });
});

describe('EthereumHandler writes', () => {
  const subscribe = (topic: string, params?: unknown) => {
    const name = handler.canonicalTopic(topic, params);
    return sent(handler.buildSubscribe([name], 2, subscriptionContext({ [name]: params })))[0];
  };

  it('each kind of subscription, with its filter [ETH2]', () => {
    const call = { jsonrpc: '2.0', id: 2, method: 'eth_subscribe' };
    expect(subscribe('newHeads')).toEqual({ ...call, params: ['newHeads'] });
    expect(subscribe('logs', filter)).toEqual({ ...call, params: ['logs', filter] });
    expect(subscribe('newPendingTransactions')).toEqual({ ...call, params: ['newPendingTransactions'] });
    expect(subscribe('newPendingTransactions.full')).toEqual({ ...call, params: ['newPendingTransactions', true] });
    expect(subscribe('alchemy_minedTransactions', { hashesOnly: true })).toEqual({
      ...call,
      params: ['alchemy_minedTransactions', { hashesOnly: true }],
    });
  });

  it('the name that the node gave when a subscription ends [ETH2]', () => {
    const topic = handler.canonicalTopic('logs', filter);
    const context = subscriptionContext({ [topic]: filter }, { [topic]: LOGS });
    expect(sent(handler.buildUnsubscribe([topic], 4, context))).toEqual([
      { jsonrpc: '2.0', id: 4, method: 'eth_unsubscribe', params: [LOGS] },
    ]);
  });

  it('numbers as ids, and an empty list where a call has no params [ETH4]', () => {
    const own = new EthereumHandler();
    expect([own.generateRequestId(), own.generateRequestId()]).toEqual([1, 2]);
    expect(new EthereumHandler({ numericIds: false }).generateRequestId()).toBeUndefined();
    const call = { method: 'eth_blockNumber' };
    expect(own.injectRequestId(call, 6)).toEqual({ jsonrpc: '2.0', id: 6, method: 'eth_blockNumber', params: [] });
    expect(own.injectRequestId({ method: 'eth_getLogs', params: [filter] }, 6)).toMatchObject({ params: [filter] });
    const notified = own.injectRequestId([JsonRpcHandler.notification('seen'), call], 7);
    expect(notified).toEqual([
      { jsonrpc: '2.0', method: 'seen' },
      { jsonrpc: '2.0', id: 7, method: 'eth_blockNumber', params: [] },
    ]);
  });

  it('a cheap call as a ping, and knows its answer [ETH6]', () => {
    const ping = JSON.parse(handler.buildPing());
    const pong = frame({ jsonrpc: '2.0', id: ping.id, result: '1' });
    expect(ping).toMatchObject({ method: 'net_version' });
    expect([handler.classifyMessage(pong), handler.isPongResponse(pong)]).toEqual(['system', true]);
    expect(handler.isPongResponse(frame({ jsonrpc: '2.0', id: 6, result: '1' }))).toBe(false);
  });
});

describe('EthereumHandler refuses', () => {
  it.each([
    ['an unknown option', () => new EthereumHandler({ apiKey: 'k' } as never), 'apiKey'],
    ['a wrong value', () => new EthereumHandler({ numericIds: 1 as never }), 'numericIds'],
    ['a filter that is no object', () => handler.canonicalTopic('logs', ['0x83']), 'params'],
    [
      'a filter with an address that is no hex',
      () => handler.canonicalTopic('logs', { address: 'vitalik.eth' }),
      'params',
    ],
    ['a filter whose topics are no list', () => handler.canonicalTopic('logs', { topics: '0x83' }), 'params'],
  ])('%s [ETH7]', (_, attempt, field) => {
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(expect.objectContaining({ field }));
  });

  it('no filter of any form that a node takes [ETH7]', () => {
    const [a = '', b = '0x01'] = filter.topics;
    for (const topics of [[], [a], [null, a], [[a, b], null]]) {
      expect(handler.canonicalTopic('logs', { address: [filter.address], topics })).toMatch(/^logs\?/);
    }
    expect(urls.local).toBe('ws://127.0.0.1:8546');
  });
});
