import { describe, expect, it, vi } from 'vitest';
import { ConfigError, ProtocolError } from '../../src/errors.js';
import { JsonRpcHandler, type JsonRpcOptions } from '../../src/handlers/json-rpc.js';
import type { RequestId } from '../../src/identifiers.js';
import { frame, subscriptionContext } from '../support/handler-input.js';

const ethereum = () =>
  new JsonRpcHandler({
    subscribeMethod: 'eth_subscribe',
    unsubscribeMethod: 'eth_unsubscribe',
    notificationMethod: 'eth_subscription',
  });

/** What the core does with a frame of answers: parts, their kinds, and how each settles its request. */
function settle(handler: JsonRpcHandler, text: string) {
  const message = frame(text);
  const parts = handler.split(message);
  return (parts?.length ? parts : [message]).map((part) => {
    const kind = handler.classifyMessage(part);
    if (kind !== 'response') return { kind };
    const id = handler.extractRequestId(part);
    const error = handler.extractError(part);
    return error ? { id, error } : { id, result: handler.extractResult(part) };
  });
}

// https://www.jsonrpc.org/specification, section 7: "-->" is what we send, "<--" what we get.
describe('the examples of the specification', () => {
  const handler = new JsonRpcHandler();
  const sent = (payload: unknown, id: RequestId) => JSON.parse(JSON.stringify(handler.injectRequestId(payload, id)));

  it('rpc call with positional parameters', () => {
    expect(sent({ method: 'subtract', params: [42, 23] }, 1)).toEqual({
      jsonrpc: '2.0',
      method: 'subtract',
      params: [42, 23],
      id: 1,
    });
    expect(settle(handler, '{"jsonrpc": "2.0", "result": 19, "id": 1}')).toEqual([{ id: 1, result: 19 }]);
    expect(sent({ method: 'subtract', params: [23, 42] }, 2)).toEqual({
      jsonrpc: '2.0',
      method: 'subtract',
      params: [23, 42],
      id: 2,
    });
    expect(settle(handler, '{"jsonrpc": "2.0", "result": -19, "id": 2}')).toEqual([{ id: 2, result: -19 }]);
  });

  it('rpc call with named parameters', () => {
    const params = { subtrahend: 23, minuend: 42 };
    expect(sent({ method: 'subtract', params }, 3)).toEqual({ jsonrpc: '2.0', method: 'subtract', params, id: 3 });
    expect(settle(handler, '{"jsonrpc": "2.0", "result": 19, "id": 3}')).toEqual([{ id: 3, result: 19 }]);
  });

  it('a notification', () => {
    expect(JsonRpcHandler.notification('update', [1, 2, 3, 4, 5])).toEqual({
      jsonrpc: '2.0',
      method: 'update',
      params: [1, 2, 3, 4, 5],
    });
    expect(JSON.stringify(JsonRpcHandler.notification('foobar'))).toBe('{"jsonrpc":"2.0","method":"foobar"}');
  });

  it('rpc call of non-existent method', () => {
    expect(sent({ method: 'foobar' }, '1')).toEqual({ jsonrpc: '2.0', method: 'foobar', id: '1' });
    expect(
      settle(handler, '{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}'),
    ).toEqual([{ id: '1', error: { code: -32601, message: 'Method not found' } }]);
  });

  it.each([
    [
      'rpc call with invalid JSON',
      '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}',
    ],
    [
      'rpc call with invalid Request object',
      '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}',
    ],
    [
      'rpc call Batch, invalid JSON',
      '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}',
    ],
    [
      'rpc call with an empty Array',
      '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}',
    ],
  ])('%s: an answer that names no request settles none', (_, text) => {
    expect(settle(handler, text)).toEqual([{ kind: 'unknown' }]);
    expect(handler.extractRequestId(frame(text))).toBeUndefined();
  });

  it('rpc call with invalid Batch: each answer by itself', () => {
    const invalid = '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}';
    expect(settle(handler, `[${invalid}]`)).toEqual([{ kind: 'unknown' }]);
    expect(settle(handler, `[\n${invalid},\n${invalid},\n${invalid}\n]`)).toEqual(Array(3).fill({ kind: 'unknown' }));
  });

  it('rpc call Batch: requests that were sent one by one settle, in any order', () => {
    const answer = `[
      {"jsonrpc": "2.0", "result": 7, "id": "1"},
      {"jsonrpc": "2.0", "result": 19, "id": "2"},
      {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
      {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "5"},
      {"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}
    ]`;
    expect(settle(handler, answer)).toEqual([
      { id: '1', result: 7 },
      { id: '2', result: 19 },
      { kind: 'unknown' },
      { id: '5', error: { code: -32601, message: 'Method not found' } },
      { id: '9', result: ['hello', 5] },
    ]);
  });
});

describe('requests', () => {
  const handler = new JsonRpcHandler();

  it.each([
    [null],
    ['text'],
    [{}],
    [{ method: '' }],
    [{ method: 1 }],
    [{ method: 'a', params: null }],
    [{ method: 'a', params: 5 }],
    [{ method: 'a', params: 'x' }],
    [[]],
    [[{ method: 'a' }, { params: [] }]],
  ])('refuses %j before anything is sent', (payload) => {
    expect(() => handler.injectRequestId(payload, 1)).toThrow(ProtocolError);
    expect(() => handler.injectRequestId(payload, 1)).toThrow(expect.objectContaining({ delivery: 'unsent' }));
  });

  it('sets version and id, and keeps what else the server may want', () => {
    expect(handler.injectRequestId({ jsonrpc: '1.0', id: 'x', method: 'a', sessionId: 's' }, 2)).toEqual({
      jsonrpc: '2.0',
      method: 'a',
      sessionId: 's',
      id: 2,
    });
  });

  it('leaves ids to the client, unless they have to be integers', () => {
    expect(handler.generateRequestId()).toBeUndefined();
    const numeric = new JsonRpcHandler({ numericIds: true });
    expect([numeric.generateRequestId(), numeric.generateRequestId()]).toEqual([1, 2]);
  });

  it('keeps the type of an id: "1" is not 1', () => {
    expect(handler.extractRequestId(frame('{"id":"1","result":0}'))).toBe('1');
    expect(handler.extractRequestId(frame('{"id":1,"result":0}'))).toBe(1);
  });

  it.each<[text: string, settled: unknown]>([
    ['{"id":1,"result":null}', { id: 1, result: null }],
    ['{"id":1,"result":false}', { id: 1, result: false }],
    ['{"id":1,"result":{"error":"inner"}}', { id: 1, result: { error: 'inner' } }],
    ['{"id":1,"result":5,"error":null}', { id: 1, result: 5 }],
    [
      '{"id":1,"result":null,"error":{"code":3,"message":"reverted","data":"0x08"}}',
      { id: 1, error: { code: 3, message: 'reverted', data: '0x08' } },
    ],
    ['{"id":1,"error":{"code":2,"msg":"invalid"}}', { id: 1, error: { code: 2, message: 'invalid' } }],
    ['{"id":1,"error":"no"}', { id: 1, error: { message: 'no' } }],
    ['{"id":1,"result":5,"error":{"code":1,"message":"both"}}', { id: 1, error: { code: 1, message: 'both' } }],
    [
      '{"id":1}',
      { id: 1, error: { message: 'The server answered with neither a result nor an error.', outcome: 'unknown' } },
    ],
    [
      '{"id":1,"error":null}',
      { id: 1, error: { message: 'The server answered with neither a result nor an error.', outcome: 'unknown' } },
    ],
  ])('%s', (text, settled) => {
    expect(settle(handler, text)).toEqual([settled]);
  });

  it.each([
    '{}',
    '[]',
    ' [ ] ',
    '5',
    '"x"',
    'ping',
    '[',
    '[1',
    '{"result":1}',
    '{"error":{"code":1}}',
    '{"id":true,"result":1}',
  ])('settles nothing with %s', (text) => expect(settle(handler, text)).toEqual([{ kind: 'unknown' }]));

  it('takes the parts of an array apart, whatever they are', () => {
    expect(settle(handler, '[1, null, "x", [], {"id":1,"result":2}, {"method":"m","id":1}]')).toEqual([
      { kind: 'unknown' },
      { kind: 'unknown' },
      { kind: 'unknown' },
      { kind: 'unknown' },
      { id: 1, result: 2 },
      { kind: 'system' },
    ]);
  });
});

describe('a batch of ours', () => {
  const payload = [{ method: 'eth_chainId' }, { method: 'eth_nope', params: [] }, { method: 'eth_gasPrice' }];

  it('is one frame, and resolves to the outcome of each call, in their order', () => {
    const handler = new JsonRpcHandler();
    const calls = handler.injectRequestId(payload, 'b') as { id: RequestId }[];
    expect(calls.map(({ id }) => id)).toEqual(['b', 'b.1', 'b.2']);
    expect(calls[1]).toEqual({ jsonrpc: '2.0', method: 'eth_nope', params: [], id: 'b.1' });

    const answer = [
      { jsonrpc: '2.0', id: 'b.2', result: '0x3b' },
      { jsonrpc: '2.0', id: 'b.1', error: { code: -32601, message: 'not available' } },
      { jsonrpc: '2.0', id: 'b', result: '0x1' },
    ];
    expect(settle(handler, JSON.stringify(answer))).toEqual([
      {
        id: 'b',
        result: [{ result: '0x1' }, { error: { code: -32601, message: 'not available' } }, { result: '0x3b' }],
      },
    ]);
  });

  it('is answered as the frame that came in, untouched', () => {
    const handler = new JsonRpcHandler();
    handler.injectRequestId([{ method: 'a' }], 'b');
    expect(handler.split(frame('[{"id":"b","result":1}]'))).toBeUndefined();
  });

  it('counts its calls where ids have to be integers', () => {
    const handler = new JsonRpcHandler({ numericIds: true });
    const id = handler.generateRequestId() as RequestId;
    const calls = handler.injectRequestId(payload, id) as { id: RequestId }[];
    expect(calls.map((call) => call.id)).toEqual([1, 2, 3]);
    expect(settle(handler, '[{"id":3,"result":"c"},{"id":1,"result":"a"},{"id":2,"result":"b"}]')).toEqual([
      { id: 1, result: [{ result: 'a' }, { result: 'b' }, { result: 'c' }] },
    ]);
  });

  it('tells which calls were left out, and hands on what else came along', () => {
    const handler = new JsonRpcHandler();
    handler.injectRequestId(payload, 'b');
    const text =
      '[{"id":null,"error":{"code":-32600}},{"id":"b.1","result":2},{"method":"note","id":"b"},{"id":"r","result":4}]';
    const open = { error: { message: 'The server answered with neither a result nor an error.', outcome: 'unknown' } };
    expect(settle(handler, text)).toEqual([
      { id: 'b', result: [open, { result: 2 }, open] },
      { kind: 'unknown' },
      { kind: 'system' },
      { id: 'r', result: 4 },
    ]);
  });

  it('may be answered by one object: an error for all of it, or what there is of it', () => {
    const handler = new JsonRpcHandler();
    handler.injectRequestId(payload, 'b');
    const refusal = '{"jsonrpc":"2.0","id":"b","error":{"code":-32600,"message":"no batches"}}';
    expect(settle(handler, refusal)).toEqual([{ id: 'b', error: { code: -32600, message: 'no batches' } }]);
    handler.injectRequestId([{ method: 'a' }], 'c');
    expect(settle(handler, '{"jsonrpc":"2.0","id":"c","result":1}')).toEqual([{ id: 'c', result: [{ result: 1 }] }]);
    handler.injectRequestId(payload, 'd');
    expect(settle(handler, '{"id":"d.1","result":2}')).toMatchObject([{ id: 'd', result: [{}, { result: 2 }, {}] }]);
  });

  it('is answered once: what comes again is taken apart', () => {
    const handler = new JsonRpcHandler();
    handler.injectRequestId([{ method: 'a' }], 'b');
    expect(settle(handler, '[{"id":"b","result":1}]')).toEqual([{ id: 'b', result: [{ result: 1 }] }]);
    expect(settle(handler, '[{"id":"b","result":1}]')).toEqual([{ id: 'b', result: 1 }]);
  });
});

describe('requests of the server', () => {
  const handler = new JsonRpcHandler();

  it('are never an answer to ours, whatever their id', () => {
    const request = frame('{"jsonrpc":"2.0","id":1,"method":"ask","params":{"a":1}}');
    expect(handler.classifyMessage(request)).toBe('system');
    expect(handler.extractServerRequest(request)).toEqual({ id: 1, method: 'ask', params: { a: 1 } });
    expect(handler.classifyMessage(frame('{"id":1,"method":"ask","result":5}'))).toBe('system');
    expect(handler.classifyMessage(frame('{"id":1,"method":5,"result":5}'))).toBe('unknown');
  });

  it('are told from notifications by their id', () => {
    const note = frame('{"jsonrpc":"2.0","method":"note","params":{"id":1}}');
    expect(handler.classifyMessage(note)).toBe('unknown');
    expect(handler.extractServerRequest(note)).toBeUndefined();
  });

  it('are answered in the type of their id, always with a result', () => {
    expect(handler.buildResponse('a', { ok: 1 })).toBe('{"jsonrpc":"2.0","id":"a","result":{"ok":1}}');
    expect(handler.buildResponse(1, undefined)).toBe('{"jsonrpc":"2.0","id":1,"result":null}');
    expect(handler.buildResponse(1, false)).toBe('{"jsonrpc":"2.0","id":1,"result":false}');
  });

  it.each([
    [-32602, -32602],
    [5, 5],
    ['E_FAILED', -32603],
    [undefined, -32603],
    [1.5, -32603],
  ])('are refused with an integer: %j becomes %i', (code, sent) => {
    expect(JSON.parse(handler.buildErrorResponse(1, { message: 'no', code, data: { a: 1 } }))).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: sent, message: 'no', data: { a: 1 } },
    });
  });
});

describe('subscriptions', () => {
  it('need a method', () => {
    const handler = new JsonRpcHandler();
    expect(() => handler.buildSubscribe(['a'], 1, subscriptionContext())).toThrow(ConfigError);
    expect(() => handler.buildSubscribe(['a'], 1, subscriptionContext())).toThrow(
      /subscribeMethod is undefined; allowed is the method of the server/,
    );
    expect(handler.buildUnsubscribe(['a'], 1, subscriptionContext())).toBeUndefined();
  });

  it('take one call each, with the params behind the topic', () => {
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

  it('differ by their params, as the server tells them apart', () => {
    const handler = ethereum();
    expect(handler.canonicalTopic('logs', undefined)).toBe('logs');
    expect(handler.canonicalTopic('logs', { a: 1 })).toBe('logs?{"a":1}');
    expect(handler.canonicalTopic('logs', { a: 2 })).not.toBe(handler.canonicalTopic('logs', { a: 1 }));
  });

  it('remember the bare topic, for a server that answers under it', () => {
    const aliases: Record<string, RequestId> = {};
    const handler = new JsonRpcHandler({ subscribeMethod: 'sub', unsubscribeMethod: 'unsub' });
    const topic = handler.canonicalTopic('book', { depth: 5 });
    handler.buildSubscribe([topic], 'r1', subscriptionContext({ [topic]: { depth: 5 } }, aliases));
    expect(aliases).toEqual({ [topic]: 'book' });
    expect(
      JSON.parse(String(handler.buildUnsubscribe([topic], 'r2', subscriptionContext({}, aliases)))).params,
    ).toEqual(['book']);
  });

  it('end under the name that the server chose', () => {
    const aliases = { newHeads: '0xcd0c', trades: 0 };
    const calls = ethereum().buildUnsubscribe(
      ['newHeads', 'trades', 'new'],
      'r1',
      subscriptionContext({}, aliases),
    ) as string[];
    expect(calls.map((call) => JSON.parse(call).params)).toEqual([['0xcd0c'], [0], ['new']]);
  });

  it('share a call where the server takes many', () => {
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

  it('may name the method by topic, and the params of both calls', () => {
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

describe('what the result of a subscribe call says', () => {
  const outcome = (answer: unknown, topics = ['a', 'b'], options: JsonRpcOptions = {}) =>
    new JsonRpcHandler(options).isSubscriptionSuccess(frame(answer), topics);

  it('the server names the subscription, with a text or any number', () => {
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
    '%j is a plain yes',
    (result) => {
      expect(outcome({ id: 1, result }, ['a'])).toBe(true);
      expect(outcome({ id: 1, result })).toBe(true);
    },
  );

  it('false, or an error, is a no', () => {
    expect(outcome({ id: 1, result: false })).toBe(false);
    expect(outcome({ id: 1, error: { code: -32601, message: 'no' } })).toBe(false);
    expect(outcome({ id: 1 })).toBe(false);
  });

  it('a list names what was accepted, in any order; the rest was refused', () => {
    expect(outcome({ id: 1, result: ['b', 'a'] })).toEqual({ accepted: ['a', 'b'], refused: [] });
    expect(outcome({ id: 1, result: ['b'] })).toEqual({ accepted: ['b'], refused: ['a'] });
    expect(outcome({ id: 1, result: [] })).toBe(false);
    expect(outcome({ id: 1, result: ['a'] }, ['a?{"depth":5}'])).toEqual({ accepted: ['a?{"depth":5}'], refused: [] });
  });

  it('an object tells topic by topic', () => {
    expect(outcome({ id: 1, result: { a: 'ok', b: 'provided event invalid' } })).toEqual({
      accepted: ['a'],
      refused: ['b'],
    });
    expect(outcome({ id: 1, result: { a: true, b: true } })).toEqual({ accepted: ['a', 'b'], refused: [] });
    expect(outcome({ id: 1, result: { a: false } })).toBe(false);
  });

  it('is for the application to say where none of this fits', () => {
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

describe('updates', () => {
  const notification = (method: string, params: unknown) => frame({ jsonrpc: '2.0', method, params });

  it('come by the method that was named; other notifications do not', () => {
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
  ])('params %j: topic %j, data %j', (params, topic, data) => {
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

  it('are read as the application says', () => {
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

  it('have their method for a topic where no other is named', () => {
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

describe('options', () => {
  it.each<[options: unknown, message: RegExp]>([
    [
      { subscribeMethd: 'x' },
      /subscribeMethd is "x"; allowed is none of that name, but subscribeMethod, unsubscribeMethod/,
    ],
    [{ subscribeMethod: '' }, /subscribeMethod is ""; allowed is the name of a method, or a function of the topic/],
    [{ notificationMethod: [] }, /notificationMethod is an array; allowed is the name of a method, or a list of them/],
    [{ topicOf: 'channel' }, /topicOf is "channel"; allowed is a function/],
    [{ topicsPerFrame: 0 }, /topicsPerFrame is 0; allowed is a positive integer/],
    [{ numericIds: 1 }, /numericIds is 1; allowed is true or false/],
    [
      { subscribeMethod: () => 'x', topicsPerFrame: 5 },
      /topicsPerFrame is 5; allowed is 1 where subscribeMethod depends on the topic/,
    ],
    [null, /options is null/],
  ])('%j is a ConfigError', (options, message) => {
    const make = () => new JsonRpcHandler(options as JsonRpcOptions);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
