import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { RequestId } from '../../src/identifiers.js';
import { Message } from '../../src/protocol/message.js';
import { ProtocolHandler } from '../../src/protocol/protocol-handler.js';
import { frame, subscriptionContext } from '../support/handler-input.js';
import { AlpacaHandler } from './venues/alpaca.js';
import { BinanceStreamsHandler } from './venues/binance-streams.js';
import { BinanceApiHandler } from './venues/binance-wsapi.js';
import { BitgetHandler } from './venues/bitget.js';
import { BybitHandler } from './venues/bybit.js';
import { CoinbaseHandler } from './venues/coinbase.js';
import { DeribitHandler } from './venues/deribit.js';
import { EthereumHandler } from './venues/ethereum.js';
import { GraphqlHandler } from './venues/graphql.js';
import { HtxHandler } from './venues/htx.js';
import { HyperliquidHandler } from './venues/hyperliquid.js';
import { KrakenHandler } from './venues/kraken.js';
import { OkxHandler } from './venues/okx.js';
import { PlainStreamHandler } from './venues/plain-stream.js';

// What real venues ask of a handler, row by row. Values are invented, names and structure are those of the venue.

const sent = (frames: unknown) => [frames].flat().map((text) => JSON.parse(text as string));

/** What a frame is to its handler: its kind, whom it answers, and of which topic it is. */
function routed(handler: ProtocolHandler<object, object>, text: string) {
  const message = frame(text);
  const kind = handler.classifyMessage(message);
  if (kind === 'update') return { kind, topic: handler.extractTopic(message) };
  const id = handler.extractRequestId(message);
  return id === undefined || id === null ? { kind } : { kind, id };
}

describe('1: frames of a subscribe, and the plan of its confirmations', () => {
  it('one per batch (Bybit)', () => {
    const bybit = new BybitHandler();
    expect(sent(bybit.buildSubscribe(['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'], 'b-1'))).toEqual([
      { req_id: 'b-1', op: 'subscribe', args: ['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'] },
    ]);
    const ack = '{"success":true,"ret_msg":"","conn_id":"d1a2","req_id":"b-1","op":"subscribe"}';
    expect(routed(bybit, ack)).toEqual({ kind: 'response', id: 'b-1' });
    expect(bybit.isSubscriptionSuccess(frame(ack), ['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'])).toBe(true);
  });

  it('one per topic, all with the one id (OKX)', () => {
    const okx = new OkxHandler();
    const topics = ['books?instId=BTC-USDT', 'tickers?instId=ETH-USDT'];
    expect(sent(okx.buildSubscribe(topics, '1512'))).toEqual([
      {
        id: '1512',
        op: 'subscribe',
        args: [
          { channel: 'books', instId: 'BTC-USDT' },
          { channel: 'tickers', instId: 'ETH-USDT' },
        ],
      },
    ]);
    const first = '{"id":"1512","event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"a4d3ae55"}';
    const second =
      '{"id":"1512","event":"subscribe","arg":{"channel":"tickers","instId":"ETH-USDT"},"connId":"a4d3ae55"}';
    expect(routed(okx, first)).toEqual({ kind: 'control', id: '1512' });
    expect(okx.isSubscriptionSuccess(frame(first), topics)).toEqual({ accepted: [topics[0]] });
    expect(okx.isSubscriptionSuccess(frame(second), [topics[1] as string])).toEqual({ accepted: [topics[1]] });
  });

  it('several frames under one id, one confirmation per symbol (Kraken)', () => {
    const kraken = new KrakenHandler();
    const topics = ['book:BTC/USD', 'book:ETH/USD', 'trade:BTC/USD'];
    expect(sent(kraken.buildSubscribe(topics, 1))).toEqual([
      { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD', 'ETH/USD'] }, req_id: 1 },
      { method: 'subscribe', params: { channel: 'trade', symbol: ['BTC/USD'] }, req_id: 1 },
    ]);
    const ack =
      '{"method":"subscribe","result":{"channel":"book","symbol":"ETH/USD","snapshot":true},"success":true,"req_id":1}';
    expect(routed(kraken, ack)).toEqual({ kind: 'response', id: 1 });
    expect(kraken.isSubscriptionSuccess(frame(ack), topics)).toEqual({ accepted: ['book:ETH/USD'] });
    const nack =
      '{"error":"Currency pair not supported","method":"subscribe","req_id":1,"success":false,"symbol":"BTC/USD"}';
    expect(kraken.isSubscriptionSuccess(frame(nack), topics)).toEqual({ refused: ['book:BTC/USD', 'trade:BTC/USD'] });
  });

  it('the whole state of the connection (Alpaca, Coinbase)', () => {
    const alpaca = new AlpacaHandler();
    expect(sent(alpaca.buildSubscribe(['trades.AAPL', 'trades.MSFT', 'quotes.*']))).toEqual([
      { action: 'subscribe', trades: ['AAPL', 'MSFT'], quotes: ['*'] },
    ]);
    const state = '{"T":"subscription","trades":["AAPL","TSLA"],"quotes":["*"],"bars":[]}';
    expect(routed(alpaca, state)).toEqual({ kind: 'control' });
    expect(alpaca.isSubscriptionSuccess(frame(state), ['trades.AAPL', 'trades.MSFT', 'quotes.*'])).toEqual({
      accepted: ['trades.AAPL', 'quotes.*'],
    });
    const coinbase = new CoinbaseHandler(() => 'jwt');
    const list = '{"channel":"subscriptions","sequence_num":1,"events":[{"subscriptions":{"level2":["BTC-USD"]}}]}';
    expect(routed(coinbase, list)).toEqual({ kind: 'control' });
    expect(coinbase.isSubscriptionSuccess(frame(list), ['level2.BTC-USD', 'level2.ETH-USD'])).toEqual({
      accepted: ['level2.BTC-USD'],
    });
  });

  it('none at all: the client resolves on the write', () => {
    const plain = new PlainStreamHandler();
    expect(plain.isSubscriptionSuccess).toBe(ProtocolHandler.prototype.isSubscriptionSuccess);
    expect(routed(plain, '{"ch":"trades","p":1}')).toEqual({ kind: 'update', topic: 'trades' });
  });
});

describe('2: what a confirmation is matched by', () => {
  const ours = ['tickers.BTC-25DEC26-100000-C', 'tickers.BTC-NOPE'];

  it('the id, in the type that was sent (Binance streams)', () => {
    const binance = new BinanceStreamsHandler();
    expect(routed(binance, '{"result":null,"id":1}')).toEqual({ kind: 'response', id: 1 });
    expect(routed(binance, '{"result":null,"id":"ab12CD"}')).toEqual({ kind: 'response', id: 'ab12CD' });
    expect(binance.isSubscriptionSuccess(frame('{"result":null,"id":1}'), ['btcusdt@aggTrade'])).toBe(true);
    expect(binance.isSubscriptionSuccess(frame('{"error":{"code":2,"msg":"invalid stream"},"id":3}'), ['x'])).toBe(
      false,
    );
    expect(routed(binance, '{"error":{"code":2,"msg":"missing field"},"id":null}')).toEqual({ kind: 'unknown' });
  });

  it('the topics, without any id (Bybit options)', () => {
    const bybit = new BybitHandler();
    const ack = `{"success":true,"conn_id":"aa01","data":{"failTopics":["${ours[1]}"],"successTopics":["${ours[0]}"]},"type":"COMMAND_RESP"}`;
    expect(routed(bybit, ack)).toEqual({ kind: 'control' });
    expect(bybit.isSubscriptionSuccess(frame(ack), ours)).toEqual({ accepted: [ours[0]], refused: [ours[1]] });
    expect(bybit.isSubscriptionSuccess(frame(ack), ['tickers.ETH'])).toBeUndefined();
  });

  it('some of the fields of a topic (OKX), or more than were sent (Hyperliquid)', () => {
    const okx = new OkxHandler();
    const ack = '{"event":"subscribe","arg":{"channel":"orders","instType":"SPOT"},"connId":"a4d3ae55"}';
    expect(okx.isSubscriptionSuccess(frame(ack), ['orders?instId=BTC-USDT&instType=SPOT', 'account'])).toEqual({
      accepted: ['orders?instId=BTC-USDT&instType=SPOT'],
    });
    const hyperliquid = new HyperliquidHandler();
    const echo =
      '{"channel":"subscriptionResponse","data":{"method":"subscribe","subscription":{"type":"l2Book","coin":"BTC","nSigFigs":null,"mantissa":null}}}';
    expect(routed(hyperliquid, echo)).toEqual({ kind: 'control' });
    expect(hyperliquid.isSubscriptionSuccess(frame(echo), ['l2Book:BTC', 'l2Book:ETH'])).toEqual({
      accepted: ['l2Book:BTC'],
    });
    expect(hyperliquid.isSubscriptionSuccess(frame(echo), ['trades:BTC'])).toBeUndefined();
  });

  it('the order, where there is nothing else (Bybit without req_id)', () => {
    const ack = '{"success":true,"ret_msg":"","op":"subscribe","req_id":"","conn_id":"d1a2"}';
    expect(routed(new BybitHandler(), ack)).toEqual({ kind: 'control' });
    expect(new BybitHandler().isSubscriptionSuccess(frame(ack), ours)).toBe(true);
  });
});

describe('3: the outcome of a subscribe', () => {
  it('refused in part, without a word (Deribit)', () => {
    const deribit = new DeribitHandler();
    const topics = ['book.BTC-PERPETUAL.100ms', 'ticker.BTC-PERPETUAL.100ms', 'book.NOPE-PERPETUAL.100ms'];
    expect(sent(deribit.buildSubscribe(topics, 3, subscriptionContext()))).toEqual([
      { jsonrpc: '2.0', id: 3, method: 'public/subscribe', params: { channels: topics } },
    ]);
    const ack = frame(
      '{"jsonrpc":"2.0","id":3,"result":["ticker.BTC-PERPETUAL.100ms","book.BTC-PERPETUAL.100ms"],"testnet":false}',
    );
    expect(deribit.isSubscriptionSuccess(ack, topics)).toEqual({
      accepted: topics.slice(0, 2),
      refused: topics.slice(2),
    });
    expect(deribit.isSubscriptionSuccess(frame('{"jsonrpc":"2.0","id":4,"result":[],"testnet":false}'), topics)).toBe(
      false,
    );
  });

  it('refused as a whole for one bad topic, or benign (Bybit)', () => {
    const bybit = new BybitHandler();
    const refusal =
      '{"success":false,"ret_msg":"error:handler not found,topic:orderbook.50.NOPEUSDT","req_id":"b-3","op":"subscribe"}';
    expect(bybit.isSubscriptionSuccess(frame(refusal), ['orderbook.50.BTCUSDT', 'orderbook.50.NOPEUSDT'])).toBe(false);
    expect(bybit.extractError(frame(refusal))).toEqual({
      message: 'error:handler not found,topic:orderbook.50.NOPEUSDT',
    });
    const benign =
      '{"success":false,"ret_msg":"error:already subscribed,topic:orderbook.50.BTCUSDT","req_id":"b-4","op":"subscribe"}';
    expect(bybit.isSubscriptionSuccess(frame(benign), ['orderbook.50.BTCUSDT', 'tickers.BTCUSDT'])).toBe(false);
    expect(bybit.isSubscriptionSuccess(frame(benign), ['orderbook.50.BTCUSDT'])).toEqual({
      benign: ['orderbook.50.BTCUSDT'],
    });
  });

  it.each([
    [
      "Wrong URL or channel:books,instId:NOPE-USDT doesn't exist. Please use the correct URL.",
      'books?instId=NOPE-USDT',
    ],
    [
      "Subscribe failed, wrong URL or channel:trades,instId:NOPE-USDT-SWAP doesn't exist.",
      'trades?instId=NOPE-USDT-SWAP',
    ],
  ])('refused in prose (OKX): %s', (msg, topic) => {
    const okx = new OkxHandler();
    for (const id of [undefined, '1513']) {
      const message = frame(JSON.stringify({ id, event: 'error', msg, code: '60018', connId: '78d5' }));
      expect(okx.classifyMessage(message)).toBe('control');
      expect(okx.isSubscriptionSuccess(message, ['books?instId=BTC-USDT', topic])).toEqual({ refused: [topic] });
      expect(okx.isSubscriptionSuccess(message, ['books?instId=BTC-USDT'])).toBeUndefined();
    }
  });

  it('revoked later (OKX; Binance, worth another try)', () => {
    const okx = new OkxHandler();
    okx.buildSubscribe(['orders?instType=SPOT', 'account'], '1');
    const text = '{"event":"channel-conn-count-error","channel":"orders","connCount":"30","connId":"a4d3ae11"}';
    expect(routed(okx, text)).toEqual({ kind: 'system' });
    expect(okx.extractSignal(frame(text))).toMatchObject({ type: 'revoked', topics: ['orders?instType=SPOT'] });

    const binance = new BinanceApiHandler();
    binance.isSubscriptionSuccess(frame('{"id":"uds-1","status":200,"result":{"subscriptionId":0}}'), ['userData']);
    const ended = '{"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1790000003334}}';
    expect(routed(binance, ended)).toEqual({ kind: 'system' });
    expect(binance.extractSignal(frame(ended))).toEqual({ type: 'revoked', topics: ['userData'], retryable: true });
  });
});

describe('4: the name of a topic', () => {
  it.each([
    ['{"arg":{"instId":"BTC-USDT","channel":"books"},"action":"snapshot","data":[]}', 'books?instId=BTC-USDT'],
    ['{"arg":{"channel":"orders","instType":"SPOT","uid":"614488474791936"},"data":[]}', 'orders?instType=SPOT'],
    ['{"arg":{"channel":"account","uid":"614488474791936"},"eventType":"snapshot","data":[]}', 'account'],
  ])('composed of fields (OKX): %s', (text, topic) => {
    expect(routed(new OkxHandler(), text)).toEqual({ kind: 'update', topic });
  });

  it('renamed by the server (Coinbase), or standing for all (Alpaca)', () => {
    const coinbase = new CoinbaseHandler(() => 'jwt');
    const book = frame(
      '{"channel":"l2_data","sequence_num":0,"events":[{"type":"snapshot","product_id":"BTC-USD","updates":[]}]}',
    );
    expect(coinbase.split(book)?.map((part) => coinbase.extractTopic(part))).toEqual(['level2.BTC-USD']);
    expect(routed(new AlpacaHandler(), '{"T":"t","S":"AAPL","p":126.55}')).toEqual({
      kind: 'update',
      topic: ['trades.AAPL', 'trades.*'],
    });
  });

  it('chosen by the server, anew on each connection (Ethereum, Binance)', () => {
    const ethereum = new EthereumHandler();
    const update =
      '{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0xcd0c","result":{"number":"0x1348c9"}}}';
    for (const id of ['0xcd0c', '0x9cef']) {
      expect(ethereum.isSubscriptionSuccess(frame(`{"jsonrpc":"2.0","id":1,"result":"${id}"}`), ['newHeads'])).toEqual({
        accepted: ['newHeads'],
        aliases: { newHeads: id },
      });
    }
    expect(routed(ethereum, update)).toEqual({ kind: 'update', topic: '0xcd0c' });
    expect(ethereum.extractData(frame(update))).toEqual({ number: '0x1348c9' });
    expect(sent(ethereum.buildUnsubscribe(['newHeads'], 4, subscriptionContext({}, { newHeads: '0xcd0c' })))).toEqual([
      { jsonrpc: '2.0', id: 4, method: 'eth_unsubscribe', params: ['0xcd0c'] },
    ]);

    const binance = new BinanceApiHandler();
    expect(
      binance.isSubscriptionSuccess(frame('{"id":"uds-1","status":200,"result":{"subscriptionId":0}}'), ['userData']),
    ).toEqual({
      accepted: ['userData'],
      aliases: { userData: 0 },
    });
    expect(routed(binance, '{"subscriptionId":0,"event":{"e":"executionReport"}}')).toEqual({
      kind: 'update',
      topic: 0,
    });
  });
});

describe('5: the shape of a frame', () => {
  it('several updates of several topics (Alpaca)', () => {
    const alpaca = new AlpacaHandler();
    const parts = alpaca.split(frame('[{"T":"t","S":"AAPL","p":1},{"T":"q","S":"MSFT","bp":2}]')) ?? [];
    expect(parts.map((part) => alpaca.extractTopic(part)[0])).toEqual(['trades.AAPL', 'quotes.MSFT']);
    expect(parts.map((part) => alpaca.extractData(part))).toEqual([
      { T: 't', S: 'AAPL', p: 1 },
      { T: 'q', S: 'MSFT', bp: 2 },
    ]);
  });

  it('plain text (OKX)', () => {
    expect(routed(new OkxHandler(), 'pong')).toEqual({ kind: 'system' });
    expect(new OkxHandler().isPongResponse(frame('pong'))).toBe(true);
  });

  it('compressed bytes, decompressed asynchronously (HTX)', async () => {
    const text = '{"ch":"market.btcusdt.kline.1min","ts":1790000001136,"tick":{}}';
    const bytes = gzipSync(text);
    const htx = new HtxHandler();
    const message = new Message(bytes, await htx.decodeBinary(bytes));
    expect(message.text).toBe(text);
    expect(htx.extractTopic(message)).toBe('market.btcusdt.kline.1min');
  });
});

describe('6: ids of requests', () => {
  it('integers only (Kraken), 32 alphanumerics (OKX)', () => {
    const kraken = new KrakenHandler();
    expect([kraken.generateRequestId(), kraken.generateRequestId()]).toEqual([1, 2]);
    expect(kraken.injectRequestId({ method: 'add_order' }, 2)).toEqual({ method: 'add_order', req_id: 2 });
    const ids = Array.from({ length: 100 }, () => new OkxHandler().generateRequestId());
    for (const id of ids) expect(id).toMatch(/^[A-Za-z\d]{32}$/);
    expect(new Set(ids).size).toBe(100);
  });

  it('nested (Bitget, Hyperliquid), spelled in two ways (Bybit), quoted in prose (OKX)', () => {
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

  it('an unrelated id of an update is not one (Bybit)', () => {
    const text = '{"id":"5923240c6880ab-c59f","topic":"order","creationTime":1790000002474,"data":[]}';
    expect(routed(new BybitHandler(), text)).toEqual({ kind: 'update', topic: 'order' });
  });

  it('an answer may leave the outcome open (Binance 5xx), or tell it in its items (OKX)', () => {
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

describe('7: keep-alive', () => {
  it.each([
    '{"success":true,"ret_msg":"pong","conn_id":"5f0c","req_id":"p-1","op":"ping"}',
    '{"success":true,"ret_msg":"pong","conn_id":"d1a2","req_id":"","op":"ping"}',
    '{"args":["1790000004846"],"op":"pong"}',
    '{"req_id":"p-2","op":"pong","args":["1790000005633"],"conn_id":"d1a2"}',
    '{"retCode":0,"retMsg":"OK","op":"pong","data":["1790000006529"],"connId":"cnt5"}',
  ])('the pongs of Bybit: %s', (text) => {
    const bybit = new BybitHandler();
    expect(bybit.classifyMessage(frame(text))).toBe('system');
    expect(bybit.isPongResponse(frame(text))).toBe(true);
  });

  it('is data: after silence (OKX), unconditional (Bitget)', () => {
    expect(new OkxHandler()).toMatchObject({ keepAlive: { when: 'after-silence', expectReply: true } });
    expect(new BitgetHandler()).toMatchObject({ keepAlive: { interval: 30_000, when: 'always' } });
    expect([new OkxHandler().buildPing(), new BitgetHandler().buildPing()]).toEqual(['ping', 'ping']);
  });

  it('a ping of the server wants its own answer (HTX), or a request (Deribit)', () => {
    const htx = new HtxHandler();
    expect(htx.isServerPing(frame('{"ping":1492420473027}'))).toBe(true);
    expect(htx.buildPong(frame('{"ping":1492420473027}'))).toBe('{"pong":1492420473027}');
    const deribit = new DeribitHandler();
    const test = '{"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"}';
    expect(routed(deribit, test)).toEqual({ kind: 'system' });
    expect(sent(deribit.replyTo(frame(test)))).toMatchObject([{ method: 'public/test' }]);
    expect(
      deribit.replyTo(frame('{"params":{"type":"heartbeat"},"method":"heartbeat","jsonrpc":"2.0"}')),
    ).toBeUndefined();
  });

  it('a heartbeat that is a channel (Kraken)', () => {
    expect(routed(new KrakenHandler(), '{"channel":"heartbeat"}')).toEqual({ kind: 'system' });
  });
});

describe('8: authentication', () => {
  it('a login frame with an id (Bybit)', () => {
    const bybit = new BybitHandler({
      key: 'kx7TestKeyBybit01',
      secret: 'sX9-invented-secret-bybit',
      now: () => 1790000000000,
    });
    expect(sent(bybit.buildAuthMessage())[0].args).toEqual([
      'kx7TestKeyBybit01',
      1790000010000,
      'e9d8da903ae71875b8c621ad116728d5e419d498008293c9bde69729d2e4ab80',
    ]);
    expect(bybit.isAuthSuccess(frame('{"reqId":"a-2","retCode":0,"retMsg":"OK","op":"auth"}'))).toBe(true);
    expect(bybit.isAuthSuccess(frame('{"reqId":"a-3","retCode":20001,"retMsg":"Repeat auth","op":"auth"}'))).toBe(true);
    expect(bybit.isAuthFailure(frame('{"reqId":"a-2","retCode":10004,"retMsg":"Invalid sign","op":"auth"}'))).toBe(
      'final',
    );
    expect(bybit.isAuthFailure(frame('{"req_id":"a-1","success":false,"ret_msg":"Params Error","op":"auth"}'))).toBe(
      'retry',
    );
    expect(bybit.isAuthFailure(frame('{"success":false,"ret_msg":"error:invalid op","op":"nope"}'))).toBe(false);
  });

  it('a login frame without one; a wrong key is final, a clock skew is not (OKX)', () => {
    const okx = new OkxHandler({
      key: '985d5b66-57ce-40fb-b714-afc0b9787001',
      secret: 'INVENTED22582BD0CFF14C41EDBF1AB9',
      passphrase: 'inv-pass',
      now: () => 1790000000123,
    });
    expect(sent(okx.buildAuthMessage())[0].args[0]).toMatchObject({
      timestamp: '1790000000',
      sign: 'N4GiBNoy1ykGMVw9rA8KwtJyatDDj14JTPl7YI6/R6c=',
    });
    expect(okx.isAuthSuccess(frame('{"event":"login","msg":"","code":"0","connId":"a4d3ae55"}'))).toBe(true);
    expect(okx.isAuthFailure(frame('{"event":"error","msg":"Login failed.","code":"60009"}'))).toBe('final');
    expect(okx.isAuthFailure(frame('{"event":"error","msg":"Timestamp request expired","code":"60006"}'))).toBe(
      'retry',
    );
  });

  it('a token in each frame (Coinbase)', () => {
    let tokens = 0;
    const coinbase = new CoinbaseHandler(() => `jwt-${++tokens}`);
    expect(sent([coinbase.buildSubscribe(['level2.BTC-USD']), coinbase.buildUnsubscribe(['level2.BTC-USD'])])).toEqual([
      { type: 'subscribe', channel: 'level2', product_ids: ['BTC-USD'], jwt: 'jwt-1' },
      { type: 'unsubscribe', channel: 'level2', product_ids: ['BTC-USD'], jwt: 'jwt-2' },
    ]);
  });

  it('a signature for each request, made asynchronously (Binance)', async () => {
    const apiKey = 'vInventedSpotKey000000000000000000000000000000000000000000000001';
    const binance = new BinanceApiHandler({ apiKey, secret: 'NInventedSpotSecret' });
    const params = {
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.01000000',
      price: '92000.00',
    };
    const request = {
      id: 'o-1',
      method: 'order.place',
      params: { ...params, recvWindow: 5000, timestamp: 1790000001532 },
    };
    const [signed] = sent(await binance.prepareRequest(JSON.stringify(request)));
    expect(signed).toMatchObject({ id: 'o-1', method: 'order.place', params: { apiKey, ...params } });
    expect(signed.params.signature).toBe('8be5e37632bc770256c919ae76fa725f75d97d4e72101708497edc8d978146c7');
  });

  it('a refresh inside the session, by the token of the last login (Deribit)', () => {
    const deribit = new DeribitHandler({ client_id: 'INVcid01', client_secret: 's' });
    deribit.onConnect();
    expect(sent(deribit.buildAuthMessage())[0].params.grant_type).toBe('client_credentials');
    const ack =
      '{"jsonrpc":"2.0","id":"auth","result":{"token_type":"bearer","refresh_token":"1790.INVrefresh","expires_in":900}}';
    expect(deribit.isAuthSuccess(frame(ack))).toBe(true);
    expect(sent(deribit.buildAuthMessage())[0].params).toEqual({
      grant_type: 'refresh_token',
      refresh_token: '1790.INVrefresh',
    });
    deribit.onConnect();
    expect(sent(deribit.buildAuthMessage())[0].params.grant_type).toBe('client_credentials');
    const refusal = '{"jsonrpc":"2.0","id":"auth","error":{"message":"invalid_credentials","code":13004}}';
    expect(deribit.isAuthSuccess(frame(refusal))).toBe(false);
    expect(deribit.isAuthFailure(frame(refusal))).toBe('final');
  });

  it('revoked by the server (Binance, OKX, Deribit)', () => {
    const binance =
      '{"id":null,"status":401,"error":{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}}';
    expect(routed(new BinanceApiHandler(), binance)).toEqual({ kind: 'system' });
    expect(new BinanceApiHandler().extractSignal(frame(binance))).toEqual({ type: 'authenticate' });
    const okx = '{"event":"error","msg":"Please log in","code":"60011","connId":"78d58071"}';
    expect(routed(new OkxHandler(), okx)).toEqual({ kind: 'system' });
    expect(new OkxHandler().extractSignal(frame(okx))).toEqual({ type: 'authenticate' });
    const deribit =
      '{"jsonrpc":"2.0","id":6,"error":{"message":"unauthorized","data":{"reason":"invalid_token"},"code":13009}}';
    expect(new DeribitHandler().extractSignal(frame(deribit))).toEqual({ type: 'authenticate' });
  });
});

describe('9: signals', () => {
  it('leave this connection (Binance, Bybit), with a new one before it ends (OKX)', () => {
    const shutdown = '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1790000003789}}';
    expect(routed(new BinanceStreamsHandler(), shutdown)).toEqual({ kind: 'system' });
    expect(new BinanceStreamsHandler().shouldReconnect(frame(shutdown))).toBe(true);
    const restart =
      '{"reqId":"o-3","retCode":10019,"retMsg":"ws trade service is restarting","op":"order.create","data":{}}';
    expect(new BybitHandler().shouldReconnect(frame(restart))).toBe(true);
    expect(new BybitHandler().extractError(frame(restart))).toMatchObject({ code: 10019 });
    const notice = '{"event":"notice","code":"64008","msg":"The connection will soon be closed. Please reconnect."}';
    expect(routed(new OkxHandler(), notice)).toEqual({ kind: 'system' });
    expect(new OkxHandler().extractSignal(frame(notice))).toMatchObject({ type: 'reconnect', makeBeforeBreak: true });
  });
});

describe('10: limits are data', () => {
  it('for the core to obey', () => {
    expect(new BinanceStreamsHandler().limits).toMatchObject({
      frames: { count: 5, window: 1_000 },
      topicsPerConnection: 1_024,
    });
    expect(new BybitHandler().limits).toEqual({ topicsPerFrame: 10 });
    expect(new OkxHandler().limits).toMatchObject({
      subscriptionFrames: { count: 480, window: 3_600_000 },
      bytesPerFrame: 65_536,
    });
  });
});

describe('11: numbers', () => {
  it('beyond 2^53 keep their digits', () => {
    expect(routed(new BinanceStreamsHandler(), '{"result":null,"id":9007199254740993}')).toEqual({
      kind: 'response',
      id: '9007199254740993',
    });
  });

  it('may be read from the text by a parser of the handler (Kraken)', () => {
    const update =
      '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":45283.50,"qty":0.10000000}],"checksum":3310070434}]}';
    expect(routed(new KrakenHandler(), update)).toEqual({ kind: 'update', topic: 'book:BTC/USD' });
    expect(new KrakenHandler().extractData(frame(update))).toEqual([
      { symbol: 'BTC/USD', bids: [{ price: '45283.50', qty: '0.10000000' }], checksum: 3310070434 },
    ]);
  });
});

describe('12: continuity', () => {
  it('the update names the one before it (OKX, Binance futures, Deribit)', () => {
    const okx = new OkxHandler();
    const books = (action: string, data: object) =>
      frame(JSON.stringify({ arg: { channel: 'books', instId: 'BTC-USDT' }, action, data: [data] }));
    expect(okx.extractSequence(books('snapshot', { seqId: 450001, prevSeqId: -1 }))).toEqual({
      current: 450001,
      snapshot: true,
    });
    expect(okx.extractSequence(books('update', { seqId: 450004, prevSeqId: 450001 }))).toEqual({
      current: 450004,
      previous: 450001,
    });
    const futures = frame('{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","U":157,"u":160,"pu":149}}');
    expect(new BinanceStreamsHandler().extractSequence(futures)).toEqual({ current: 160, previous: 149 });
    const change =
      '{"jsonrpc":"2.0","method":"subscription","params":{"channel":"book.BTC-PERPETUAL.100ms","data":{"type":"change","change_id":193809650259,"prev_change_id":193809616666}}}';
    expect(new DeribitHandler().extractSequence(frame(change))).toEqual({
      current: 193809650259,
      previous: 193809616666,
    });
  });

  it('the numbers follow each other (Bybit, Binance spot)', () => {
    const bybit = new BybitHandler();
    expect(bybit.extractSequence(frame('{"topic":"orderbook.50.BTCUSDT","type":"snapshot","data":{"u":1}}'))).toEqual({
      current: 1,
      snapshot: true,
    });
    expect(
      bybit.extractSequence(frame('{"topic":"orderbook.50.BTCUSDT","type":"delta","data":{"u":88120002}}')),
    ).toEqual({
      current: 88120002,
      previous: 88120001,
    });
    expect(bybit.extractSequence(frame('{"topic":"tickers.BTCUSDT","type":"delta","data":{}}'))).toBeUndefined();
    const spot = frame('{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","U":157,"u":160}}');
    expect(new BinanceStreamsHandler().extractSequence(spot)).toEqual({ current: 160, previous: 156 });
  });
});

describe('13: two-way traffic', () => {
  it('the server asks (JSON-RPC peers)', () => {
    const peer = new EthereumHandler();
    const ask = '{"jsonrpc":"2.0","id":1,"method":"client/ping","params":{}}';
    expect(routed(peer, ask).kind).toBe('system');
    expect(peer.extractServerRequest(frame(ask))).toEqual({ id: 1, method: 'client/ping', params: {} });
    expect(sent(peer.buildResponse(1, 'pong'))).toEqual([{ jsonrpc: '2.0', id: 1, result: 'pong' }]);
  });

  it('a stream carries the id of the request that opened it, and a request can be cancelled (graphql-transport-ws)', () => {
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
      type: 'revoked',
      topics: [topic],
      error: undefined,
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
