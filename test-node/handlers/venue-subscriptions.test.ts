import { describe, expect, it } from 'vitest';
import { ProtocolHandler } from '../../src/protocol/protocol-handler.js';
import { frame, routed, sent, subscriptionContext } from '../support/handlers.js';
import { AlpacaHandler } from './venues/alpaca.js';
import { BinanceStreamsHandler } from './venues/binance-streams.js';
import { BinanceApiHandler } from './venues/binance-wsapi.js';
import { BybitHandler } from './venues/bybit.js';
import { CoinbaseHandler } from './venues/coinbase.js';
import { DeribitHandler } from './venues/deribit.js';
import { EthereumHandler } from './venues/ethereum.js';
import { HyperliquidHandler } from './venues/hyperliquid.js';
import { KrakenHandler } from './venues/kraken.js';
import { OkxHandler } from './venues/okx.js';
import { PlainStreamHandler } from './venues/plain-stream.js';

// What real venues ask of a handler, row by row. Values are invented, names and structure are those of the venue.

describe('1: subscribe frames and their acknowledgements', () => {
  it('each batch is confirmed as a whole (Bybit)', () => {
    const bybit = new BybitHandler();
    expect(sent(bybit.buildSubscribe(['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'], 'b-1'))).toEqual([
      { req_id: 'b-1', op: 'subscribe', args: ['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'] },
    ]);
    const ack = '{"success":true,"ret_msg":"","conn_id":"d1a2","req_id":"b-1","op":"subscribe"}';
    expect(routed(bybit, ack)).toEqual({ kind: 'response', id: 'b-1' });
    expect(bybit.isSubscriptionSuccess(frame(ack), ['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'])).toBe(true);
  });

  it('each topic is confirmed on its own, all with one id (OKX)', () => {
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

  it('several frames share one id and are confirmed per symbol (Kraken)', () => {
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

  it('a list of all topics of the connection confirms (Alpaca, Coinbase)', () => {
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

  it('the client resolves on the write without confirmations', () => {
    const plain = new PlainStreamHandler();
    expect(plain.isSubscriptionSuccess).toBe(ProtocolHandler.prototype.isSubscriptionSuccess);
    expect(routed(plain, '{"ch":"trades","p":1}')).toEqual({ kind: 'update', topic: 'trades' });
  });
});

describe('2: matching of acknowledgements', () => {
  const ours = ['tickers.BTC-25DEC26-100000-C', 'tickers.BTC-NOPE'];

  it('a confirmation is matched by its id, in the type that was sent (Binance streams)', () => {
    const binance = new BinanceStreamsHandler();
    expect(routed(binance, '{"result":null,"id":1}')).toEqual({ kind: 'response', id: 1 });
    expect(routed(binance, '{"result":null,"id":"ab12CD"}')).toEqual({ kind: 'response', id: 'ab12CD' });
    expect(binance.isSubscriptionSuccess(frame('{"result":null,"id":1}'), ['btcusdt@aggTrade'])).toBe(true);
    expect(binance.isSubscriptionSuccess(frame('{"error":{"code":2,"msg":"invalid stream"},"id":3}'), ['x'])).toBe(
      false,
    );
    expect(routed(binance, '{"error":{"code":2,"msg":"missing field"},"id":null}')).toEqual({ kind: 'unknown' });
  });

  it('a confirmation is matched by its topics without an id (Bybit options)', () => {
    const bybit = new BybitHandler();
    const ack = `{"success":true,"conn_id":"aa01","data":{"failTopics":["${ours[1]}"],"successTopics":["${ours[0]}"]},"type":"COMMAND_RESP"}`;
    expect(routed(bybit, ack)).toEqual({ kind: 'control' });
    expect(bybit.isSubscriptionSuccess(frame(ack), ours)).toEqual({ accepted: [ours[0]], refused: [ours[1]] });
    expect(bybit.isSubscriptionSuccess(frame(ack), ['tickers.ETH'])).toBeUndefined();
  });

  it('a confirmation is matched by some fields of a topic (OKX) or by more than were sent (Hyperliquid)', () => {
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

  it('a confirmation is matched by order when it has nothing else (Bybit without req_id)', () => {
    const ack = '{"success":true,"ret_msg":"","op":"subscribe","req_id":"","conn_id":"d1a2"}';
    expect(routed(new BybitHandler(), ack)).toEqual({ kind: 'control' });
    expect(new BybitHandler().isSubscriptionSuccess(frame(ack), ours)).toBe(true);
  });
});

describe('3: outcomes of a subscribe', () => {
  it('a topic that the confirmation leaves out is refused (Deribit)', () => {
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

  it('a frame is refused for one bad topic, or its error is benign (Bybit)', () => {
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
  ])('a topic is refused in prose (OKX): %s', (msg, topic) => {
    const okx = new OkxHandler();
    for (const id of [undefined, '1513']) {
      const message = frame(JSON.stringify({ id, event: 'error', msg, code: '60018', connId: '78d5' }));
      expect(okx.classifyMessage(message)).toBe('control');
      expect(okx.isSubscriptionSuccess(message, ['books?instId=BTC-USDT', topic])).toEqual({ refused: [topic] });
      expect(okx.isSubscriptionSuccess(message, ['books?instId=BTC-USDT'])).toBeUndefined();
    }
  });

  it('a topic is revoked later, finally (OKX) or retryably (Binance)', () => {
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

describe('4: names of topics', () => {
  it.each([
    ['{"arg":{"instId":"BTC-USDT","channel":"books"},"action":"snapshot","data":[]}', 'books?instId=BTC-USDT'],
    ['{"arg":{"channel":"orders","instType":"SPOT","uid":"614488474791936"},"data":[]}', 'orders?instType=SPOT'],
    ['{"arg":{"channel":"account","uid":"614488474791936"},"eventType":"snapshot","data":[]}', 'account'],
  ])('a topic is composed of fields (OKX): %s', (text, topic) => {
    expect(routed(new OkxHandler(), text)).toEqual({ kind: 'update', topic });
  });

  it('the server renames a topic (Coinbase) or has a wildcard (Alpaca)', () => {
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

  it('the server names a topic again on each connection (Ethereum, Binance)', () => {
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

describe('12: continuity', () => {
  it('an update names its predecessor (OKX, Binance futures, Deribit)', () => {
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

  it('numbers of updates follow each other (Bybit, Binance spot)', () => {
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
