import { describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/identifiers.js';
import { Message } from '../../src/protocol/message.js';
import { gzip } from '../support/gzip.js';
import { frame, routed, sent, subscriptionContext } from '../support/handlers.js';
import { AlpacaHandler } from './venues/alpaca.js';
import { BinanceStreamsHandler } from './venues/binance-streams.js';
import { BinanceApiHandler } from './venues/binance-wsapi.js';
import { BitgetHandler } from './venues/bitget.js';
import { BybitHandler } from './venues/bybit.js';
import { EthereumHandler } from './venues/ethereum.js';
import { GraphqlHandler } from './venues/graphql.js';
import { HtxHandler } from './venues/htx.js';
import { HyperliquidHandler } from './venues/hyperliquid.js';
import { KrakenHandler } from './venues/kraken.js';
import { OkxHandler } from './venues/okx.js';

// What real venues ask of a handler, row by row. Values are invented, names and structure are those of the venue.

describe('5: the shape of a frame', () => {
  it('a frame has several updates of several topics (Alpaca)', () => {
    const alpaca = new AlpacaHandler();
    const parts = alpaca.split(frame('[{"T":"t","S":"AAPL","p":1},{"T":"q","S":"MSFT","bp":2}]')) ?? [];
    expect(parts.map((part) => alpaca.extractTopic(part)[0])).toEqual(['trades.AAPL', 'quotes.MSFT']);
    expect(parts.map((part) => alpaca.extractData(part))).toEqual([
      { T: 't', S: 'AAPL', p: 1 },
      { T: 'q', S: 'MSFT', bp: 2 },
    ]);
  });

  it('a frame is plain text (OKX)', () => {
    expect(routed(new OkxHandler(), 'pong')).toEqual({ kind: 'system' });
    expect(new OkxHandler().isPongResponse(frame('pong'))).toBe(true);
  });

  it('a frame is compressed and decompressed asynchronously (HTX)', async () => {
    const update = { ch: 'market.btcusdt.kline.1min', ts: 1_790_000_001_136, tick: {} };
    const bytes = gzip(update);
    const htx = new HtxHandler();
    const message = new Message(bytes, await htx.decodeBinary(bytes));
    expect(message.text).toBe(JSON.stringify(update));
    expect(htx.extractTopic(message)).toBe('market.btcusdt.kline.1min');
  });
});

describe('6: request ids', () => {
  it('ids are integers (Kraken) or 32 alphanumerics (OKX)', () => {
    const kraken = new KrakenHandler();
    expect([kraken.generateRequestId(), kraken.generateRequestId()]).toEqual([1, 2]);
    expect(kraken.injectRequestId({ method: 'add_order' }, 2)).toEqual({ method: 'add_order', req_id: 2 });
    const ids = Array.from({ length: 100 }, () => new OkxHandler().generateRequestId());
    for (const id of ids) expect(id).toMatch(/^[A-Za-z\d]{32}$/);
    expect(new Set(ids).size).toBe(100);
  });

  it('ids are nested (Bitget, Hyperliquid), spelled in two ways (Bybit) or quoted in prose (OKX)', () => {
    const bitget = new BitgetHandler();
    const order = bitget.injectRequestId({ op: 'trade', args: [{ channel: 'place-order' }] }, 'r1');
    expect(order).toEqual({ op: 'trade', args: [{ id: 'r1', channel: 'place-order' }] });
    expect(bitget.extractRequestId(frame(JSON.stringify(order)))).toBe('r1');
    expect(
      routed(bitget, '{"event":"trade","arg":[{"id":"r1","channel":"place-order"}],"code":0,"msg":"Success"}'),
    ).toEqual({
      kind: 'response',
      id: 'r1',
    });
    expect(routed(new HyperliquidHandler(), '{"channel":"post","data":{"id":256,"response":{"type":"info"}}}')).toEqual(
      {
        kind: 'response',
        id: 256,
      },
    );
    expect(routed(new BybitHandler(), '{"reqId":"o-1","retCode":0,"retMsg":"OK","op":"order.create"}')).toEqual({
      kind: 'response',
      id: 'o-1',
    });
    const illegal = JSON.stringify({
      event: 'error',
      msg: 'Illegal request: {"id":"1732","op":"amend-order"}',
      code: '60012',
    });
    expect(routed(new OkxHandler(), illegal)).toEqual({ kind: 'response', id: '1732' });
  });

  it('an unrelated id of an update is not a request id (Bybit)', () => {
    const text = '{"id":"5923240c6880ab-c59f","topic":"order","creationTime":1790000002474,"data":[]}';
    expect(routed(new BybitHandler(), text)).toEqual({ kind: 'update', topic: 'order' });
  });

  it('an answer leaves the outcome unknown (Binance 5xx) or gives it per item (OKX)', () => {
    const binance = new BinanceApiHandler();
    const open =
      '{"id":"o-4","status":500,"error":{"code":-1007,"msg":"Timeout waiting for response from backend server."}}';
    expect(binance.extractError(frame(open))).toMatchObject({ code: -1007, outcome: 'unknown' });
    const refused = '{"id":"o-2","status":400,"error":{"code":-2010,"msg":"Account has insufficient balance."}}';
    expect(binance.extractError(frame(refused))).not.toHaveProperty('outcome');
    const okx = new OkxHandler();
    const rejected =
      '{"id":"1601","op":"order","data":[{"sCode":"51008","sMsg":"Insufficient balance"}],"code":"1","msg":""}';
    expect(okx.extractError(frame(rejected))).toEqual({ message: 'Insufficient balance', code: '51008' });
    expect(
      okx.extractError(frame('{"id":"1603","op":"batch-orders","data":[{"sCode":"0"}],"code":"2","msg":""}')),
    ).toBeUndefined();
  });
});

describe('11: numbers', () => {
  it('numbers beyond 2^53 keep their digits', () => {
    expect(routed(new BinanceStreamsHandler(), '{"result":null,"id":9007199254740993}')).toEqual({
      kind: 'response',
      id: '9007199254740993',
    });
  });

  it('numbers may be read by a parser of the handler (Kraken)', () => {
    const update =
      '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":45283.50,"qty":0.10000000}],"checksum":3310070434}]}';
    expect(routed(new KrakenHandler(), update)).toEqual({ kind: 'update', topic: 'book:BTC/USD' });
    expect(new KrakenHandler().extractData(frame(update))).toEqual([
      { symbol: 'BTC/USD', bids: [{ price: '45283.50', qty: '0.10000000' }], checksum: 3310070434 },
    ]);
  });
});

describe('13: two-way traffic', () => {
  it('the server sends requests (JSON-RPC peers)', () => {
    const peer = new EthereumHandler();
    const ask = '{"jsonrpc":"2.0","id":1,"method":"client/ping","params":{}}';
    expect(routed(peer, ask).kind).toBe('system');
    expect(peer.extractServerRequest(frame(ask))).toEqual({ id: 1, method: 'client/ping', params: {} });
    expect(sent(peer.buildResponse(1, 'pong'))).toEqual([{ jsonrpc: '2.0', id: 1, result: 'pong' }]);
  });

  it('a stream has the id of its request, and a request can be cancelled (graphql-transport-ws)', () => {
    const graphql = new GraphqlHandler();
    const aliases: Record<string, RequestId> = {};
    const topic = 'subscription { ticks }';
    expect(sent(graphql.buildSubscribe([topic], 's1', subscriptionContext({}, aliases)))).toEqual([
      { id: 's1', type: 'subscribe', payload: { query: topic } },
    ]);
    expect(aliases).toEqual({ [topic]: 's1' });
    const next = (id: string) => `{"id":"${id}","type":"next","payload":{"data":{"ticks":5}}}`;
    expect(routed(graphql, next('s1'))).toEqual({ kind: 'update', topic: 's1' });
    expect(routed(graphql, next('r1'))).toEqual({ kind: 'response', id: 'r1' });
    expect(graphql.extractResult(frame(next('r1')))).toEqual({ ticks: 5 });
    expect(graphql.extractSignal(frame('{"id":"s1","type":"complete"}'))).toEqual({
      type: 'completed',
      topics: [topic],
    });
    expect(graphql.extractError(frame('{"id":"r1","type":"error","payload":[{"message":"bad"}]}'))).toMatchObject({
      message: 'bad',
    });
    expect(
      sent([graphql.buildUnsubscribe([topic], 'u1', subscriptionContext({}, aliases)), graphql.buildCancel('r1')]),
    ).toEqual([
      { id: 's1', type: 'complete' },
      { id: 'r1', type: 'complete' },
    ]);
  });
});
