import { describe, expect, it } from 'vitest';
import { ConfigError, ProtocolError } from '../../src/errors.js';
import { JsonRpcHandler, type JsonRpcOptions } from '../../src/handlers/json-rpc.js';
import type { RequestId } from '../../src/identifiers.js';
import { frame, settle } from '../support/handlers.js';

// https://www.jsonrpc.org/specification, section 7: "-->" is what we send, "<--" what we get.
describe('JsonRpcHandler: the examples of the JSON-RPC specification', () => {
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
  ])('%s: an answer without an id settles nothing', (_, text) => {
    expect(settle(handler, text)).toEqual([{ kind: 'unknown' }]);
    expect(handler.extractRequestId(frame(text))).toBeUndefined();
  });

  it('rpc call with invalid Batch: each answer is a message of its own', () => {
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

describe('JsonRpcHandler: requests', () => {
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

  it('sets version and id and keeps other members', () => {
    expect(handler.injectRequestId({ jsonrpc: '1.0', id: 'x', method: 'a', sessionId: 's' }, 2)).toEqual({
      jsonrpc: '2.0',
      method: 'a',
      sessionId: 's',
      id: 2,
    });
  });

  it('generates ids only when they must be integers', () => {
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
  ])('settles a request by %s', (text, settled) => {
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

  it('splits any array into its parts', () => {
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

describe('JsonRpcHandler: requests of the server', () => {
  const handler = new JsonRpcHandler();

  it('are never an answer, whatever their id', () => {
    const request = frame('{"jsonrpc":"2.0","id":1,"method":"ask","params":{"a":1}}');
    expect(handler.classifyMessage(request)).toBe('system');
    expect(handler.extractServerRequest(request)).toEqual({ id: 1, method: 'ask', params: { a: 1 } });
    expect(handler.classifyMessage(frame('{"id":1,"method":"ask","result":5}'))).toBe('system');
    expect(handler.classifyMessage(frame('{"id":1,"method":5,"result":5}'))).toBe('unknown');
  });

  it('differ from notifications by their id', () => {
    const note = frame('{"jsonrpc":"2.0","method":"note","params":{"id":1}}');
    expect(handler.classifyMessage(note)).toBe('unknown');
    expect(handler.extractServerRequest(note)).toBeUndefined();
  });

  it('are answered with an id of the same type, always with a result', () => {
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

describe('JsonRpcHandler: options', () => {
  it.each<[options: unknown, message: RegExp]>([
    [{ subscribeMethd: 'x' }, /Unknown option 'subscribeMethd'. Known options: subscribeMethod, unsubscribeMethod/],
    [
      { subscribeMethod: '' },
      /subscribeMethod is a string; allowed is the name of a method, or a function of the topic/,
    ],
    [{ notificationMethod: [] }, /notificationMethod is an array; allowed is the name of a method, or a list of them/],
    [{ topicOf: 'channel' }, /topicOf is a string; allowed is a function/],
    [{ topicsPerFrame: 0 }, /topicsPerFrame is 0; allowed is a positive integer/],
    [{ numericIds: 1 }, /numericIds is 1; allowed is true or false/],
    [null, /options is null/],
  ])('%j is a ConfigError', (options, message) => {
    const make = () => new JsonRpcHandler(options as JsonRpcOptions);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
