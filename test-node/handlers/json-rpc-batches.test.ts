import { describe, expect, it } from 'vitest';
import { JsonRpcHandler } from '../../src/handlers/json-rpc.js';
import type { RequestId } from '../../src/identifiers.js';
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
});
