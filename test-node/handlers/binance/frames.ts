/** A frame of the venue, and what the handler reads in it. Values are invented; names and structure are the venue's. */
export interface VenueFrame {
  readonly name: string;
  readonly frame: unknown;
  readonly kind: 'response' | 'update' | 'system' | 'unknown';
  readonly id?: number | string;
  readonly topic?: string | readonly string[];
  readonly data?: unknown;
  readonly error?: object;
  readonly sequence?: object;
  readonly signal?: object;
}

const LEVEL = ['91234.50000000', '0.50000000'];
const aggTrade = {
  e: 'aggTrade',
  E: 1_790_000_001_137,
  s: 'BTCUSDT',
  a: 3_812_345,
  p: '91234.60000000',
  q: '0.00100000',
  f: 100,
  l: 105,
  T: 1_790_000_001_136,
  m: true,
  M: true,
};
const depth = { e: 'depthUpdate', E: 1_790_000_001_136, s: 'BTCUSDT', U: 157, u: 160, b: [LEVEL], a: [] };
const partial = { lastUpdateId: 170, bids: [LEVEL], asks: [] };
const bookTicker = { u: 400_900_217, s: 'ETHUSDT', b: '3100.1', B: '31.2', a: '3100.2', A: '40.6' };
const miniTickers = [
  { e: '24hrMiniTicker', E: 1_790_000_002_000, s: 'BTCUSDT', c: '91234.6', o: '9', h: '9', l: '8', v: '1', q: '9' },
  { e: '24hrMiniTicker', E: 1_790_000_002_000, s: 'ETHUSDT', c: '3100.1', o: '3', h: '3', l: '2', v: '2', q: '6' },
];
const shutdown = { e: 'serverShutdown', E: 1_790_000_003_789 };
const reconnect = { type: 'reconnect', reason: 'the server is about to shut down' };

const named = (stream: string, data: object) => ({ frame: { stream, data }, topic: stream, data });

export const streamFrames: readonly VenueFrame[] = [
  { name: 'a confirmation', frame: { result: null, id: 1 }, kind: 'response', id: 1 },
  { name: 'a confirmation with a text as id', frame: { result: null, id: 'ab12CD' }, kind: 'response', id: 'ab12CD' },
  {
    name: 'a refusal as it is recorded',
    frame: { error: { code: 2, msg: 'Invalid request: invalid stream' }, id: 3 },
    kind: 'response',
    id: 3,
    error: { code: 2, message: 'Invalid request: invalid stream' },
  },
  {
    name: 'too many subscriptions',
    frame: { error: { code: 4, msg: 'Too many subscriptions' }, id: 4 },
    kind: 'response',
    id: 4,
    error: { code: 4, message: 'Too many subscriptions' },
  },
  {
    name: 'a refusal as it is documented',
    frame: { code: 0, msg: 'Unknown property', id: 5 },
    kind: 'response',
    id: 5,
    error: { code: 0, message: 'Unknown property' },
  },
  {
    name: 'an error that names no frame',
    frame: { error: { code: 2, msg: 'Invalid request: missing field `method`' }, id: null },
    kind: 'system',
    error: { code: 2, message: 'Invalid request: missing field `method`' },
  },
  {
    name: 'a documented error that names no frame',
    frame: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' },
    kind: 'system',
    error: { code: 3, message: 'Invalid JSON: expected value at line 1 column 1' },
  },
  { name: 'a list of streams', frame: { result: ['btcusdt@depth@100ms'], id: 6 }, kind: 'response', id: 6 },
  { name: 'a property', frame: { result: true, id: 8 }, kind: 'response', id: 8 },
  { name: 'trades', kind: 'update', ...named('btcusdt@aggTrade', aggTrade) },
  {
    name: 'a change of the book',
    kind: 'update',
    ...named('btcusdt@depth@100ms', depth),
    sequence: { current: 160, previous: 156 },
  },
  {
    name: 'a change of the book with numbers that are not exact in JavaScript',
    frame: `{"stream":"btcusdt@depth","data":{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":9007199254740995,"u":9007199254740997,"b":[],"a":[]}}`,
    kind: 'update',
    topic: 'btcusdt@depth',
    sequence: { current: '9007199254740997', previous: '9007199254740994' },
    data: { e: 'depthUpdate', E: 1, s: 'BTCUSDT', U: '9007199254740995', u: '9007199254740997', b: [], a: [] },
  },
  {
    name: 'a part of the book',
    kind: 'update',
    ...named('btcusdt@depth5@100ms', partial),
    sequence: { current: 170, snapshot: true },
  },
  { name: 'a list of tickers', kind: 'update', ...named('!miniTicker@arr', miniTickers) },
  { name: 'a shutdown', frame: { stream: '!serverShutdown', data: shutdown }, kind: 'system', signal: reconnect },
  { name: 'trades without a name', frame: aggTrade, kind: 'update', topic: 'btcusdt@aggTrade', data: aggTrade },
  { name: 'best prices without a name', frame: bookTicker, kind: 'update', topic: 'ethusdt@bookTicker' },
  {
    name: 'a candlestick without a name',
    frame: { e: 'kline', E: 1, s: 'BTCUSDT', k: { i: '1m' } },
    kind: 'update',
    topic: ['btcusdt@kline_1m', 'btcusdt@kline_1m@+08:00'],
  },
  {
    name: 'a change of the book without a name, which does not tell its speed',
    frame: depth,
    kind: 'update',
    topic: ['btcusdt@depth', 'btcusdt@depth@100ms'],
    sequence: { current: 160, previous: 156 },
  },
  { name: 'a list without a name', frame: miniTickers, kind: 'update', topic: '!miniTicker@arr', data: miniTickers },
  { name: 'a part of the book without a name', frame: partial, kind: 'unknown' },
  { name: 'a shutdown without a name', frame: shutdown, kind: 'system', signal: reconnect },
  { name: 'an event of later times', frame: { e: 'newThing', s: 'BTCUSDT' }, kind: 'unknown' },
];

const limits = [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6_000, count: 70 }];
const wrongKey = { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' };
const report = {
  e: 'executionReport',
  E: 1_790_000_002_658,
  s: 'BTCUSDT',
  c: 'mm-1',
  S: 'SELL',
  o: 'LIMIT',
  x: 'NEW',
  X: 'NEW',
  i: 4_293_153,
};
const position = { e: 'outboundAccountPosition', E: 1, u: 1, B: [{ a: 'BTC', f: '1.18', l: '0.01' }] };

export const apiFrames: readonly VenueFrame[] = [
  { name: 'an answer', frame: { id: 'u-1', status: 200, result: {}, rateLimits: limits }, kind: 'response', id: 'u-1' },
  {
    name: 'a placed order',
    frame: { id: 'o-1', status: 200, result: { orderId: 12_510_053_280 }, rateLimits: limits },
    kind: 'response',
    id: 'o-1',
  },
  {
    name: 'a confirmation of the user data stream',
    frame: { id: 'uds-1', status: 200, result: { subscriptionId: 0 } },
    kind: 'response',
    id: 'uds-1',
  },
  {
    name: 'a refused order',
    frame: { id: 'o-2', status: 400, error: { code: -2010, msg: 'Insufficient balance.' }, rateLimits: limits },
    kind: 'response',
    id: 'o-2',
    error: { code: -2010, message: 'Insufficient balance.' },
  },
  {
    name: 'a refusal of a request with a number as id',
    frame: { id: 77, status: 400, error: { code: -1102, msg: 'Mandatory parameter was not sent.' } },
    kind: 'response',
    id: 77,
    error: { code: -1102, message: 'Mandatory parameter was not sent.' },
  },
  {
    name: 'a ban, with its end',
    frame: {
      id: 'o-3',
      status: 418,
      error: {
        code: -1003,
        msg: 'Way too much request weight used.',
        data: { serverTime: 1_790_000_007_531, retryAfter: 1_790_003_600_000 },
      },
    },
    kind: 'response',
    id: 'o-3',
    error: {
      code: -1003,
      message: 'Way too much request weight used.',
      data: { serverTime: 1_790_000_007_531, retryAfter: 1_790_003_600_000 },
    },
  },
  {
    name: 'an order with an unknown outcome',
    frame: { id: 'o-4', status: 500, error: { code: -1007, msg: 'Timeout waiting for response.' } },
    kind: 'response',
    id: 'o-4',
    error: { code: -1007, message: 'Timeout waiting for response.', outcome: 'unknown' },
  },
  {
    name: 'an order with an unknown outcome, under another status',
    frame: { id: 'o-4', status: 408, error: { code: -1007, msg: 'Timeout waiting for response.' } },
    kind: 'response',
    id: 'o-4',
    error: { code: -1007, message: 'Timeout waiting for response.', outcome: 'unknown' },
  },
  {
    name: 'a failure without a reason',
    frame: { id: 'o-6', status: 503, error: null },
    kind: 'response',
    id: 'o-6',
    error: { message: 'the venue answered with status 503 and gave no reason', outcome: 'unknown' },
  },
  {
    name: 'a half-done replacement',
    frame: {
      id: 'o-5',
      status: 409,
      error: { code: -2021, msg: 'Partially failed.', data: { cancelResult: 'SUCCESS', newOrderResult: 'FAILURE' } },
    },
    kind: 'response',
    id: 'o-5',
    error: {
      code: -2021,
      message: 'Partially failed.',
      data: { cancelResult: 'SUCCESS', newOrderResult: 'FAILURE' },
    },
  },
  {
    name: 'an event of an order',
    frame: { subscriptionId: 0, event: report },
    kind: 'update',
    topic: 'userData#0',
    data: report,
  },
  {
    name: 'an event of the balances',
    frame: { subscriptionId: 3, event: position },
    kind: 'update',
    topic: 'userData#3',
    data: position,
  },
  {
    name: 'the end of a user data stream',
    frame: { subscriptionId: 0, event: { e: 'eventStreamTerminated', E: 1 } },
    kind: 'system',
    signal: { type: 'revoked', topics: ['userData#0'], error: { message: 'the venue ended the user data stream' } },
  },
  { name: 'a shutdown', frame: { event: shutdown }, kind: 'system', signal: reconnect },
  {
    name: 'the end of a session',
    frame: { id: null, status: 401, error: wrongKey },
    kind: 'system',
    error: { code: -2015, message: wrongKey.msg },
    signal: { type: 'authenticate' },
  },
];
