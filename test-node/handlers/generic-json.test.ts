import { describe, expect, it, vi } from 'vitest';
import { ConfigError, ProtocolError } from '../../src/errors.js';
import { GenericJsonHandler, type GenericJsonOptions } from '../../src/handlers/generic-json.js';
import { frame, subscriptionContext } from '../support/handlers.js';

const kindOf = (value: unknown, options?: GenericJsonOptions) =>
  new GenericJsonHandler(options).classifyMessage(frame(value));

describe('GenericJsonHandler: frames by default [GJ1]', () => {
  const handler = new GenericJsonHandler();

  it('subscribes and unsubscribes a list of topics', () => {
    expect(handler.buildSubscribe(['trades.BTC'], 'r1', subscriptionContext())).toBe(
      '{"op":"subscribe","req_id":"r1","args":["trades.BTC"]}',
    );
    expect(handler.buildUnsubscribe(['a', 'b'], 7, subscriptionContext())).toBe(
      '{"op":"unsubscribe","req_id":7,"args":["a","b"]}',
    );
  });

  it('merges the params of a subscription into its entry', () => {
    const text = handler.buildSubscribe(['book', 'trades'], 'r1', subscriptionContext({ book: { depth: 50 } }));
    expect(JSON.parse(text).args).toEqual([{ topic: 'book', depth: 50 }, 'trades']);
    expect(() => handler.buildSubscribe(['book'], 'r1', subscriptionContext({ book: 50 }))).toThrow(ConfigError);
  });

  it('sets the id of a request and overrides an id in the payload', () => {
    const payload = { op: 'order', req_id: 'mine', qty: 1 };
    expect(handler.injectRequestId(payload, 'r1')).toEqual({ op: 'order', req_id: 'r1', qty: 1 });
    expect(handler.injectRequestId(Object.create(null, { op: { value: 'x', enumerable: true } }), 2)).toEqual({
      op: 'x',
      req_id: 2,
    });
    expect(payload.req_id).toBe('mine');
  });

  it.each([[[1]], ['text'], [null], [undefined], [5], [new Date(0)], [new Map()]])(
    'refuses %o as a request',
    (payload) => {
      expect(() => handler.injectRequestId(payload, 'r1')).toThrow(ProtocolError);
      expect(() => handler.injectRequestId(payload, 'r1')).toThrow(/plain object.*req_id.*sendJson/);
    },
  );

  it('has no application ping by default', () => {
    expect(handler.buildPing()).toBeUndefined();
    expect(kindOf({ op: 'ping' })).toBe('unknown');
  });
});

describe('GenericJsonHandler.classifyMessage', () => {
  it.each<[kind: string, frame: unknown]>([
    ['response', { req_id: 'r1', data: 1 }],
    ['response', { req_id: 7 }],
    ['response', { op: 'subscribe', req_id: 'r1', success: true }],
    ['response', { op: 'unsubscribe', req_id: 'r1', success: true }],
    ['response', { req_id: 'r1', topic: 'trades.BTC', data: [] }],
    ['response', { topic: 'trades.BTC', data: { a: 1 }, req_id: 'r1' }],
    ['update', { topic: 'trades.BTC', data: { req_id: 'r1', op: 'subscribe' } }],
    ['update', { topic: 'trades.BTC', data: [] }],
    ['update', { topic: 'order', id: '5923240c6880ab', data: [] }],
    ['update', { topic: 'chat', data: 'to subscribe, click' }],
    ['update', { topic: 'subscribe', data: 1 }],
    ['update', { op: 'update', topic: 'trades.BTC', data: 1 }],
    ['update', { topic: 'trades.BTC', req_id: null, data: 1 }],
    ['update', { topic: 'trades.BTC', req_id: '', data: 1 }],
    ['update', { topic: 17, data: 1 }],
    ['control', { op: 'subscribe', success: true }],
    ['control', { op: 'subscribe', req_id: null, success: true }],
    ['control', { op: 'subscribe', req_id: '', success: true }],
    ['control', { op: 'unsubscribe', args: ['a'], success: true }],
    ['control', { op: 'subscribe', topic: 'trades.BTC', success: true }],
    ['control', { topic: 'trades.BTC', success: true, op: 'unsubscribe' }],
    ['system', { op: 'pong' }],
    ['unknown', { hello: 'world' }],
    ['unknown', { success: false, error: 'bad request' }],
    ['unknown', { req_id: null, error: 'bad request' }],
    ['unknown', {}],
    ['unknown', [{ req_id: 'r1', topic: 'a' }]],
    ['unknown', 'pong'],
    ['unknown', 'null'],
  ])('%s: %j', (kind, value) => {
    expect(kindOf(value)).toBe(kind);
  });

  it('classifies updates and answers without parsing', () => {
    const handler = new GenericJsonHandler();
    const parse = vi.spyOn(JSON, 'parse');
    for (const value of ['{"topic":"trades.BTC","data":[{"op":"subscribe"}]}', '{"req_id":"r1","data":1}']) {
      const message = frame(value);
      handler.classifyMessage(message);
      handler.extractTopic(message);
      handler.extractRequestId(message);
    }
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('reads ids and topics under configured names and keeps their type', () => {
    const handler = new GenericJsonHandler({ requestIdField: 'id', topicField: 'channel' });
    expect(handler.extractRequestId(frame({ id: '1' }))).toBe('1');
    expect(handler.extractRequestId(frame({ id: 1 }))).toBe(1);
    expect(handler.extractRequestId(frame({ id: null }))).toBeUndefined();
    expect(handler.extractRequestId(frame({ data: { id: 1 } }))).toBeUndefined();
    expect(handler.extractTopic(frame({ channel: 'a', topic: 'b' }))).toBe('a');
    expect(handler.extractTopic(frame({ channel: 17 }))).toBe('17');
  });

  it('knows updates with ids of their own by their type', () => {
    const options = {
      requestIdField: 'id',
      typeField: 'type',
      updateType: ['snapshot', 'delta'],
      responseType: 'COMMAND_RESP',
    };
    expect(kindOf({ id: 'x-1', topic: 'tickers.BTC', type: 'snapshot', data: {} }, options)).toBe('update');
    expect(kindOf({ id: 'r1', type: 'COMMAND_RESP' }, options)).toBe('response');
    expect(kindOf({ type: 'COMMAND_RESP', topic: 'tickers.BTC' }, options)).toBe('response');
    expect(kindOf({ type: 'COMMAND_RESP', op: 'subscribe', topic: 'tickers.BTC' }, options)).toBe('control');
    expect(kindOf({ type: 'other', topic: 'tickers.BTC' }, options)).toBe('update');
    expect(kindOf({ type: 'other', id: 'r1' }, options)).toBe('response');
  });

  it('finds confirmations under configured names', () => {
    const options = { operationField: 'action', subscribeOp: 'sub', unsubscribeOp: 'leave' };
    expect(kindOf({ action: 'sub', topic: 'a' }, options)).toBe('control');
    expect(kindOf({ action: 'leave', topic: 'a' }, options)).toBe('control');
    expect(kindOf({ action: 'subscribe', topic: 'a' }, options)).toBe('update');
  });

  it.each([
    ['short', { subscribeOp: 'su', unsubscribeOp: 'un', requestIdField: 'i' }],
    ['not ASCII', { subscribeOp: '订阅', unsubscribeOp: '取消', requestIdField: '编号' }],
  ])('finds ids and confirmations after the topic, even if their words are %s', (_, options) => {
    const { subscribeOp, unsubscribeOp, requestIdField } = options;
    const escaped = (value: object) =>
      JSON.stringify(value).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
    for (const write of [JSON.stringify, escaped]) {
      expect(kindOf(write({ topic: 'a', data: 1, op: subscribeOp }), options)).toBe('control');
      expect(kindOf(write({ topic: 'a', data: 1, op: unsubscribeOp }), options)).toBe('control');
      expect(kindOf(write({ topic: 'a', data: 1, [requestIdField]: 'r1' }), options)).toBe('response');
      expect(kindOf(write({ topic: 'a', data: subscribeOp }), options)).toBe('update');
    }
  });
});

describe('GenericJsonHandler: answers', () => {
  const handler = new GenericJsonHandler();

  it.each<[frame: unknown, result: unknown]>([
    [{ req_id: 'r1', data: { price: 1 } }, { price: 1 }],
    [{ req_id: 'r1', data: null }, null],
    [{ req_id: 'r1', data: false }, false],
    [{ req_id: 'r1', data: 0 }, 0],
    [
      { req_id: 'r1', price: 1 },
      { req_id: 'r1', price: 1 },
    ],
  ])('%j resolves to %j', (value, result) => {
    expect(handler.extractError(frame(value))).toBeUndefined();
    expect(handler.extractResult(frame(value))).toEqual(result);
  });

  it.each<[frame: unknown, error: unknown]>([
    [{ req_id: 'r1', success: false, error: 'no funds' }, { message: 'no funds' }],
    [
      { req_id: 'r1', error: 'no funds', data: { need: 5 } },
      { message: 'no funds', data: { need: 5 } },
    ],
    [
      { req_id: 'r1', error: 'no funds', code: 'E1' },
      { message: 'no funds', code: 'E1' },
    ],
    [
      { req_id: 'r1', error: { code: 10, message: 'no funds', data: [1] } },
      { message: 'no funds', code: 10, data: [1] },
    ],
    [
      { req_id: 'r1', error: { code: 2, msg: 'invalid' } },
      { message: 'invalid', code: 2 },
    ],
    [
      { req_id: 'r1', error: 1003, message: 'too fast' },
      { message: 'too fast', code: 1003 },
    ],
    [
      { req_id: 'r1', success: false, message: 'too fast', code: 7 },
      { message: 'too fast', code: 7 },
    ],
    [{ req_id: 'r1', success: false }, { message: 'The server refused without giving a reason.' }],
    [{ req_id: 'r1', error: {} }, { message: 'The server refused without giving a reason.' }],
  ])('%j rejects', (value, error) => {
    expect(handler.extractError(frame(value))).toEqual(error);
  });

  it.each([
    { req_id: 'r1', success: true, error: null },
    { req_id: 'r1', error: '' },
    { req_id: 'r1', success: true },
  ])('%j is not an error', (value) => expect(handler.extractError(frame(value))).toBeUndefined());

  it('reads answers under configured names', () => {
    const own = new GenericJsonHandler({ dataField: 'result', successField: 'ok', errorField: 'reason' });
    expect(own.extractResult(frame({ result: 5, data: 6 }))).toBe(5);
    expect(own.extractData(frame({ topic: 'a', result: 5 }))).toBe(5);
    expect(own.extractError(frame({ ok: false, reason: 'no', error: 'x' }))).toEqual({ message: 'no' });
    expect(own.extractError(frame({ success: false, error: 'x' }))).toBeUndefined();
  });

  it('lets the code decide where codeField is set and the code is there [GJ9]', () => {
    const venue = new GenericJsonHandler({ codeField: 'retCode', errorField: 'retMsg', successCodes: [0, 'ok'] });
    expect(venue.extractError(frame({ retCode: 0, retMsg: 'OK' }))).toBeUndefined();
    expect(venue.extractError(frame({ retCode: '0', retMsg: 'OK' }))).toBeUndefined();
    expect(venue.extractError(frame({ retCode: 'ok' }))).toBeUndefined();
    expect(venue.extractError(frame({ retCode: 10_001, retMsg: 'bad qty' }))).toEqual({
      message: 'bad qty',
      code: 10_001,
    });
    expect(venue.extractError(frame({ retCode: 0, success: false }))).toMatchObject({ code: 0 });
    expect(venue.extractError(frame({ retMsg: 'no code' }))).toMatchObject({ message: 'no code' });
    expect(() => new GenericJsonHandler({ successCodes: [] })).toThrow('successCodes');
  });

  it('gives the data of an update, or the whole frame without data', () => {
    expect(handler.extractData(frame({ topic: 'a', data: [1] }))).toEqual([1]);
    expect(handler.extractData(frame({ topic: 'a', price: 1 }))).toEqual({ topic: 'a', price: 1 });
    expect(() => handler.extractData(frame('plain'))).toThrow('not JSON');
  });
});

describe('GenericJsonHandler.isSubscriptionSuccess', () => {
  const handler = new GenericJsonHandler();
  const outcome = (value: unknown) => handler.isSubscriptionSuccess(frame(value), ['a', 'b']);

  it('confirms the whole frame by its id', () => {
    expect(outcome({ op: 'subscribe', req_id: 'r1', success: true })).toBe(true);
    expect(outcome({ op: 'subscribe', req_id: 'r1' })).toBe(true);
    expect(outcome({ op: 'subscribe', req_id: 'r1', success: false, error: 'no' })).toBe(false);
    expect(outcome({ op: 'subscribe', req_id: 'r1', error: 'no' })).toBe(false);
  });

  it('refuses the whole frame by its id although one topic is named', () => {
    expect(outcome({ op: 'subscribe', req_id: 'r1', success: false, topic: 'a' })).toBe(false);
  });

  it('confirms only the named topics of a frame', () => {
    expect(outcome({ op: 'subscribe', req_id: 'r1', success: true, args: ['a'] })).toEqual({ accepted: ['a'] });
    expect(outcome({ op: 'subscribe', req_id: 'r1', success: true, args: ['A', 'B'] })).toBe(true);
  });

  it('matches by topics without an id, or by order without topics', () => {
    expect(outcome({ op: 'subscribe', success: true })).toBe(true);
    expect(outcome({ op: 'subscribe', success: false })).toBe(false);
    expect(outcome({ op: 'subscribe', success: true, args: ['b', 'c'] })).toEqual({ accepted: ['b'] });
    expect(outcome({ op: 'subscribe', success: true, topic: 'b' })).toEqual({ accepted: ['b'] });
    expect(outcome({ op: 'subscribe', error: 'no', topic: 'b' })).toEqual({ refused: ['b'] });
  });

  it('ignores a confirmation of other topics', () => {
    expect(outcome({ op: 'subscribe', success: true, args: ['c'] })).toBeUndefined();
    expect(outcome({ op: 'subscribe', error: 'no', topic: 'c' })).toBeUndefined();
    expect(outcome({ op: 'unsubscribe', success: true })).toBeUndefined();
    expect(outcome({ op: 'unsubscribe', success: true, args: ['a'] })).toBeUndefined();
  });
});

describe('GenericJsonHandler: pings', () => {
  const handler = new GenericJsonHandler({ pingOp: 'ping' });

  it('builds a ping and recognises its pong', () => {
    expect(handler.buildPing()).toBe('{"op":"ping"}');
    const pong = frame({ op: 'pong', ts: 5 });
    expect(handler.classifyMessage(pong)).toBe('system');
    expect(handler.isPongResponse(pong)).toBe(true);
    expect(handler.isServerPing(pong)).toBe(false);
  });

  it.each([{ op: 'ping' }, { op: 'ping', ts: 1790000001 }, { op: 'ping', req_id: 's1' }])(
    "answers the server's %j",
    (ping) => {
      expect(handler.classifyMessage(frame(ping))).toBe('system');
      expect(handler.isServerPing(frame(ping))).toBe(true);
      expect(handler.isPongResponse(frame(ping))).toBe(false);
      expect(JSON.parse(handler.buildPong(frame(ping)))).toEqual({ ...ping, op: 'pong' });
    },
  );

  it('takes a ping with a result as the answer to its own ping', () => {
    const pong = frame({ op: 'ping', success: true, ret_msg: 'pong' });
    expect(handler.classifyMessage(pong)).toBe('system');
    expect(handler.isPongResponse(pong)).toBe(true);
    expect(handler.isServerPing(pong)).toBe(false);
  });

  it('takes the answer to a request with op ping as a response', () => {
    expect(handler.classifyMessage(frame({ op: 'pong', req_id: 'r1' }))).toBe('response');
    expect(handler.classifyMessage(frame({ op: 'ping', req_id: 'r1', success: true }))).toBe('response');
  });

  it('does not answer pings when both sides use the same word', () => {
    const echo = new GenericJsonHandler({ pingOp: 'heartbeat', pongOp: 'heartbeat' });
    const beat = frame({ op: 'heartbeat' });
    expect(echo.classifyMessage(beat)).toBe('system');
    expect(echo.isPongResponse(beat)).toBe(true);
    expect(echo.isServerPing(beat)).toBe(false);
  });
});

describe('GenericJsonHandler: options [GJ7]', () => {
  it.each<[options: unknown, message: RegExp]>([
    [{ topicFeild: 'x' }, /Unknown option 'topicFeild'. Known options: requestIdField, topicField/],
    [{ topicField: '' }, /topicField is a string; allowed is a non-empty string/],
    [{ pingOp: 5 }, /pingOp is 5/],
    [{ requestIdField: null }, /requestIdField is null/],
    [{ typeField: 'type', updateType: [] }, /updateType is an array; allowed is a non-empty string, or a list of them/],
    [{ typeField: 'type', updateType: ['a', 1] }, /updateType/],
    [{ updateType: 'update' }, /typeField is undefined; allowed is the member that holds responseType and updateType/],
    [
      { subscribeOp: 'sub', unsubscribeOp: 'sub' },
      /unsubscribeOp is a string; allowed is a value that differs from subscribeOp/,
    ],
    [null, /options is null/],
    ['op', /options is a string/],
  ])('%j is a ConfigError', (options, message) => {
    const make = () => new GenericJsonHandler(options as GenericJsonOptions);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  it('takes undefined as the default', () => {
    expect(new GenericJsonHandler({ topicField: undefined }).extractTopic(frame({ topic: 'a' }))).toBe('a');
  });

  it('can be extended by a subclass', () => {
    class Quiet extends GenericJsonHandler {
      override readonly confirmsSubscriptions = false;
    }
    expect(new Quiet({ topicField: 'ch' }).extractTopic(frame({ ch: 'a' }))).toBe('a');
  });
});
