import { describe, expect, it } from 'vitest';
import { JsonRpcHandler } from '../../src/handlers/json-rpc.js';
import type { RequestId } from '../../src/identifiers.js';
import type { Message } from '../../src/protocol/message.js';
import { frame, settle } from '../support/handlers.js';

describe('JsonRpcHandler: batches', () => {
  const payload = [{ method: 'eth_chainId' }, { method: 'eth_nope', params: [] }, { method: 'eth_gasPrice' }];

  it('sends a batch as one frame and resolves to the outcome of each call, in order', () => {
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

  it('gives requestRaw() the answer frame unchanged', () => {
    const handler = new JsonRpcHandler();
    handler.injectRequestId([{ method: 'a' }], 'b');
    expect(handler.split(frame('[{"id":"b","result":1}]'))).toBeUndefined();
  });

  it('takes one id per call when ids are integers', () => {
    const handler = new JsonRpcHandler({ numericIds: true });
    const id = handler.generateRequestId() as RequestId;
    const calls = handler.injectRequestId(payload, id) as { id: RequestId }[];
    expect(calls.map((call) => call.id)).toEqual([1, 2, 3]);
    expect(settle(handler, '[{"id":3,"result":"c"},{"id":1,"result":"a"},{"id":2,"result":"b"}]')).toEqual([
      { id: 1, result: [{ result: 'a' }, { result: 'b' }, { result: 'c' }] },
    ]);
  });

  it('marks calls without an answer as unknown, and passes on other parts of the frame', () => {
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

  it('takes one object as the answer: an error for all calls, or the answer to one', () => {
    const handler = new JsonRpcHandler();
    handler.injectRequestId(payload, 'b');
    const refusal = '{"jsonrpc":"2.0","id":"b","error":{"code":-32600,"message":"no batches"}}';
    expect(settle(handler, refusal)).toEqual([{ id: 'b', error: { code: -32600, message: 'no batches' } }]);
    handler.injectRequestId([{ method: 'a' }], 'c');
    expect(settle(handler, '{"jsonrpc":"2.0","id":"c","result":1}')).toEqual([{ id: 'c', result: [{ result: 1 }] }]);
    handler.injectRequestId(payload, 'd');
    expect(settle(handler, '{"id":"d.1","result":2}')).toMatchObject([{ id: 'd', result: [{}, { result: 2 }, {}] }]);
  });

  it('settles a batch once and splits a repeated answer', () => {
    const handler = new JsonRpcHandler();
    handler.injectRequestId([{ method: 'a' }], 'b');
    expect(settle(handler, '[{"id":"b","result":1}]')).toEqual([{ id: 'b', result: [{ result: 1 }] }]);
    expect(settle(handler, '[{"id":"b","result":1}]')).toEqual([{ id: 'b', result: 1 }]);
  });

  it('keeps a notification in a batch without an id, and without an entry [JR10]', () => {
    const handler = new JsonRpcHandler();
    const note = JsonRpcHandler.notification('log', ['x']);
    const calls = handler.injectRequestId([note, { method: 'a' }, note, { method: 'b' }], 'c');
    expect(JSON.parse(JSON.stringify(calls))).toEqual([
      { jsonrpc: '2.0', method: 'log', params: ['x'] },
      { jsonrpc: '2.0', method: 'a', id: 'c' },
      { jsonrpc: '2.0', method: 'log', params: ['x'] },
      { jsonrpc: '2.0', method: 'b', id: 'c.1' },
    ]);
    expect(settle(handler, '[{"id":"c.1","result":2},{"id":"c","result":1}]')).toEqual([
      { id: 'c', result: [{ result: 1 }, { result: 2 }] },
    ]);
    expect(() => handler.injectRequestId([note], 'd')).toThrow('at least one call');
  });

  it('finds the batch of an answer whose ids are the sent numbers as text [HN34]', () => {
    const handler = new JsonRpcHandler({ numericIds: true });
    const id = handler.generateRequestId() as RequestId;
    handler.injectRequestId([{ method: 'a' }, { method: 'b' }], id);
    expect(settle(handler, '[{"id":"2","result":2},{"id":"1","result":1}]')).toEqual([
      { id: 1, result: [{ result: 1 }, { result: 2 }] },
    ]);
  });

  it('keeps the answers to each of two batches in one frame together', () => {
    const handler = new JsonRpcHandler();
    handler.injectRequestId([{ method: 'a' }, { method: 'b' }], 'x');
    handler.injectRequestId([{ method: 'c' }, { method: 'd' }], 'y');
    const text = '[{"id":"x","result":1},{"id":"y","result":3},{"id":"x.1","result":2},{"id":"y.1","result":4}]';
    expect(settle(handler, text)).toEqual([
      { id: 'x', result: [{ result: 1 }, { result: 2 }] },
      { id: 'y', result: [{ result: 3 }, { result: 4 }] },
    ]);
  });

  it.each([
    ['a number that is not JSON', '[{"id":"b","result":NaN}]'],
    ['a comma at the end', '[{"id":"b","result":1},]'],
    ['a comma at the end, beside another message', '[{"id":"b","result":1},{"method":"note"},]'],
    ['no end', '[{"id":"b","result":1}'],
  ])('throws for an answer with %s, and still finds its batch [DL22]', (_, text) => {
    const handler = new JsonRpcHandler();
    handler.injectRequestId([{ method: 'a' }], 'b');
    const [answer = frame(text)] = (handler.split(frame(text)) as Message[] | undefined) ?? [];
    expect(handler.extractRequestId(answer)).toBe('b');
    expect(() => handler.extractError(answer) ?? handler.extractResult(answer)).toThrow('not JSON');
  });

  it('takes a batch with 20,000 calls, however the server orders and repeats the answers [JR3]', () => {
    const handler = new JsonRpcHandler();
    const size = 20_000;
    handler.injectRequestId(
      Array.from({ length: size }, () => ({ method: 'm' })),
      'b',
    );
    const id = (at: number) => (at === 0 ? 'b' : `b.${at}`);
    const answers = Array.from({ length: size }, (_, at) => `{"id":"${id(size - 1 - at)}","result":${size - 1 - at}}`);
    const notes = Array.from({ length: size }, () => '{"method":"note"}');
    const settled = settle(handler, `[${[...notes, ...answers, ...answers].join()}]`);
    expect(settled).toHaveLength(1 + size);
    const { result } = settled[0] as { result: unknown[] };
    expect([result.length, result[0], result[size - 1]]).toEqual([size, { result: 0 }, { result: size - 1 }]);
  });
});
