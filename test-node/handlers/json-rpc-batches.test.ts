import { describe, expect, it } from 'vitest';
import { JsonRpcHandler } from '../../src/handlers/json-rpc.js';
import type { RequestId } from '../../src/identifiers.js';
import { frame, settle } from '../support/handlers.js';

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
