import type { Message } from 'hpx-transport-ws';

/** A frame of the venue, and what the handler reads in it. Values are invented; names and structure are the venue's. */
export interface VenueFrame {
  readonly name: string;
  readonly frame: unknown;
  readonly kind: ReturnType<typeof kindOf>;
  readonly id?: string;
  readonly topic?: string;
  readonly error?: object;
  readonly sequence?: object;
  readonly signal?: object;
  /** What it says about `ASKED`. */
  readonly outcome?: object | false;
  readonly login?: 'accepted' | true | 'final' | 'retry';
  readonly result?: unknown;
}
declare function kindOf(message: Message): 'response' | 'update' | 'system' | 'control' | 'unknown';

/** Topics of one subscribe frame. */
export const ASKED = [
  'books?instId=BTC-USDT',
  'tickers?instId=ETH-USDT',
  'books?instId=NOPE-USDT',
  'trades?instId=NOPE-USDT-SWAP',
  'orders?instId=BTC-USDT&instType=SPOT',
];

const books = { channel: 'books', instId: 'BTC-USDT' };
const connId = 'a4d3ae55';
const absent = (arg: string, before = 'W') =>
  `${before}rong URL or channel:${arg} doesn't exist. Please use the correct URL, channel and parameters referring to API document.`;
const BOOK_ABSENT = absent('books,instId:NOPE-USDT');
const TRADES_ABSENT = absent('trades,instId:NOPE-USDT-SWAP', 'Subscribe failed, w');
const POOR = 'Order failed. Insufficient USDT balance in account';
const times = { inTime: '1790000002421339', outTime: '1790000002423240' };

const error = (code: string, msg: string) => ({ event: 'error', msg, code, connId });
const order = (clOrdId: string, sCode: string, sMsg = '') => ({
  clOrdId,
  ordId: sCode === '0' ? '312269865356374017' : '',
  tag: '',
  ts: '1790000002421',
  sCode,
  sMsg,
});
const answer = (id: string, op: string, code: string, data: object[], msg = '') => ({
  id,
  op,
  data,
  code,
  msg,
  ...times,
});
const book = (action: string, seqId: number, prevSeqId: number, asks: string[][] = []) => ({
  arg: books,
  action,
  data: [{ asks, bids: [], ts: '1790000001085', checksum: 0, seqId, prevSeqId }],
});
const account = (more: object) => ({
  arg: { channel: 'account', uid: '614488474791936' },
  ...more,
  data: [{ uTime: '1790000002000', totalEq: '91884.85', details: [{ ccy: 'USDT', cashBal: '100', availBal: '100' }] }],
});

const placed = [order('b1', '0')];
const refused = [order('b2', '51008', POOR)];
const both = [order('b3', '0'), order('b4', '51008', POOR)];

const subscriptions: readonly VenueFrame[] = [
  {
    name: 'the first confirmation of a frame',
    frame: { id: '1512', event: 'subscribe', arg: books, connId },
    kind: 'control',
    id: '1512',
    outcome: { accepted: ['books?instId=BTC-USDT'] },
  },
  {
    name: 'the second confirmation with the same id',
    frame: { id: '1512', event: 'subscribe', arg: { channel: 'tickers', instId: 'ETH-USDT' }, connId },
    kind: 'control',
    id: '1512',
    outcome: { accepted: ['tickers?instId=ETH-USDT'] },
  },
  {
    name: 'a confirmation without an id',
    frame: { event: 'subscribe', arg: books, connId },
    kind: 'control',
    outcome: { accepted: ['books?instId=BTC-USDT'] },
  },
  {
    name: 'a confirmation whose arg lacks a member',
    frame: { id: '1', event: 'subscribe', arg: { channel: 'orders', instType: 'SPOT' }, connId },
    kind: 'control',
    id: '1',
    outcome: { accepted: ['orders?instId=BTC-USDT&instType=SPOT'] },
  },
  {
    name: 'a confirmation for somebody else',
    frame: { event: 'subscribe', arg: { channel: 'books', instId: 'SOL-USDT' }, connId },
    kind: 'control',
  },
  {
    name: 'the end of a subscription',
    frame: { id: '1514', event: 'unsubscribe', arg: { channel: 'tickers', instId: 'ETH-USDT' }, connId },
    kind: 'control',
    id: '1514',
  },
  {
    name: 'a refusal with an id',
    frame: { id: '1513', ...error('60018', BOOK_ABSENT) },
    kind: 'control',
    id: '1513',
    error: { code: '60018', message: BOOK_ABSENT },
    outcome: { refused: ['books?instId=NOPE-USDT'] },
  },
  {
    name: 'a refusal without an id',
    frame: error('60018', BOOK_ABSENT),
    kind: 'control',
    error: { code: '60018', message: BOOK_ABSENT },
    outcome: { refused: ['books?instId=NOPE-USDT'] },
  },
  {
    name: 'a refusal in other words',
    frame: error('60018', TRADES_ABSENT),
    kind: 'control',
    error: { code: '60018', message: TRADES_ABSENT },
    outcome: { refused: ['trades?instId=NOPE-USDT-SWAP'] },
  },
  {
    name: 'a refusal of a topic that is not in the frame',
    frame: error('60018', absent('books,instId:OTHER')),
    kind: 'control',
    error: { code: '60018', message: absent('books,instId:OTHER') },
  },
  {
    name: 'a refusal that names nothing but its frame',
    frame: { id: '9', ...error('60013', 'Invalid args') },
    kind: 'control',
    id: '9',
    error: { code: '60013', message: 'Invalid args' },
    outcome: false,
  },
  {
    name: 'too many frames',
    frame: { id: '9', ...error('60014', 'Requests too frequent') },
    kind: 'control',
    id: '9',
    error: { code: '60014', message: 'Requests too frequent' },
    outcome: { refused: ASKED, retryable: true },
  },
  {
    name: 'a wish for a login',
    frame: error('60011', 'Please log in'),
    kind: 'control',
    error: { code: '60011', message: 'Please log in' },
    outcome: { refused: ['orders?instId=BTC-USDT&instType=SPOT'], retryable: true },
    signal: { type: 'authenticate' },
  },
];

const updates: readonly VenueFrame[] = [
  {
    name: 'the snapshot of a book',
    frame: book('snapshot', 450001, -1, [['91234.6', '0.604', '0', '3']]),
    kind: 'update',
    topic: 'books?instId=BTC-USDT',
    sequence: { current: 450001, snapshot: true },
  },
  {
    name: 'a change of a book',
    frame: book('update', 450004, 450001, [['91234.6', '0', '0', '0']]),
    kind: 'update',
    topic: 'books?instId=BTC-USDT',
    sequence: { current: 450004, previous: 450001 },
  },
  {
    name: 'a book of best levels',
    frame: { arg: { channel: 'bbo-tbt', instId: 'BTC-USDT' }, data: [{ asks: [], bids: [], ts: '1', seqId: 5 }] },
    kind: 'update',
    topic: 'bbo-tbt?instId=BTC-USDT',
    sequence: { current: 5, snapshot: true },
  },
  {
    name: 'a ticker',
    frame: { arg: { channel: 'tickers', instId: 'ETH-USDT' }, data: [{ instId: 'ETH-USDT', last: '3100.1' }] },
    kind: 'update',
    topic: 'tickers?instId=ETH-USDT',
  },
  {
    name: 'an update whose members come in another order',
    frame: { data: [{ instId: 'ETH-USDT' }], arg: { instId: 'ETH-USDT', channel: 'tickers' } },
    kind: 'update',
    topic: 'tickers?instId=ETH-USDT',
  },
  {
    name: 'an order, with the account that the server adds',
    frame: {
      arg: { channel: 'orders', instType: 'SPOT', uid: '614488474791936' },
      data: [{ instId: 'BTC-USDT', ordId: '312269865356374016', state: 'live' }],
    },
    kind: 'update',
    topic: 'orders?instType=SPOT',
  },
  {
    name: 'the first page of a snapshot',
    frame: account({ eventType: 'snapshot', curPage: 1, lastPage: true }),
    kind: 'update',
    topic: 'account',
    sequence: { current: 1, snapshot: true },
  },
  {
    name: 'a further page of a snapshot',
    frame: account({ eventType: 'snapshot', curPage: 3, lastPage: true }),
    kind: 'update',
    topic: 'account',
    sequence: { current: 3, previous: 2 },
  },
  { name: 'a change of the account', frame: account({ eventType: 'event_update' }), kind: 'update', topic: 'account' },
  {
    name: 'a candlestick',
    frame: {
      arg: { channel: 'candle1m', instId: 'BTC-USDT' },
      data: [['1790000040000', '91230', '91240', '91229', '91234.6', '12.5', '1140000', '1140000', '0']],
    },
    kind: 'update',
    topic: 'candle1m?instId=BTC-USDT',
  },
];

const quoted = '{"id":"17321173472466905","op":"amend-order","args":[{"instId":"ETH-USDC","ordId":"1"}]}';

const answers: readonly VenueFrame[] = [
  {
    name: 'an order that was taken',
    frame: answer('1600', 'order', '0', placed),
    kind: 'response',
    id: '1600',
    result: placed,
  },
  {
    name: 'an order that was refused',
    frame: answer('1601', 'order', '1', refused),
    kind: 'response',
    id: '1601',
    error: { code: '51008', message: POOR, data: refused },
  },
  {
    name: 'an order that cannot be read',
    frame: answer('1602', 'order', '60013', [], 'Invalid args'),
    kind: 'response',
    id: '1602',
    error: { code: '60013', message: 'Invalid args' },
  },
  {
    name: 'a batch that was taken in part',
    frame: answer('1603', 'batch-orders', '2', both),
    kind: 'response',
    id: '1603',
    result: both,
  },
  {
    name: 'a batch that was taken in part, with the code of a failure',
    frame: answer('1604', 'batch-orders', '1', both),
    kind: 'response',
    id: '1604',
    result: both,
  },
  {
    name: 'an order whose outcome is unknown',
    frame: answer('1605', 'order', '50004', [], 'API endpoint request timeout'),
    kind: 'response',
    id: '1605',
    error: { code: '50004', message: 'API endpoint request timeout', outcome: 'unknown' },
  },
  {
    name: 'an error that quotes its request',
    frame: error('60012', `Illegal request: ${quoted}`),
    kind: 'control',
    id: '17321173472466905',
    error: { code: '60012', message: `Illegal request: ${quoted}` },
    outcome: false,
  },
];

const notices: readonly VenueFrame[] = [
  { name: 'a pong', frame: 'pong', kind: 'system' },
  {
    name: 'a login that was accepted',
    frame: { event: 'login', msg: '', code: '0', connId },
    kind: 'system',
    login: 'accepted',
  },
  {
    name: 'a login that was refused',
    frame: error('60009', 'Login failed.'),
    kind: 'control',
    error: { code: '60009', message: 'Login failed.' },
    login: 'final',
  },
  {
    name: 'a login that came too late',
    frame: error('60006', 'Timestamp request expired'),
    kind: 'control',
    error: { code: '60006', message: 'Timestamp request expired' },
    login: 'retry',
  },
  {
    name: 'a second login',
    frame: error('60031', 'The WebSocket endpoint does not allow multiple or repeated logins'),
    kind: 'control',
    error: { code: '60031', message: 'The WebSocket endpoint does not allow multiple or repeated logins' },
    login: 'accepted',
  },
  {
    name: 'a login that was refused for a reason that nobody knows',
    frame: error('60999', 'Invalid sign-in'),
    kind: 'control',
    error: { code: '60999', message: 'Invalid sign-in' },
    login: true,
  },
  {
    name: 'the number of connections',
    frame: { event: 'channel-conn-count', channel: 'orders', connCount: '2', connId: 'abcd1234' },
    kind: 'system',
  },
  {
    name: 'a service upgrade',
    frame: {
      event: 'notice',
      code: '64008',
      msg: 'The connection will soon be closed for a service upgrade. Please reconnect.',
      connId,
    },
    kind: 'system',
    signal: {
      type: 'reconnect',
      makeBeforeBreak: true,
      reason: 'The connection will soon be closed for a service upgrade. Please reconnect.',
    },
  },
  { name: 'another notice', frame: { event: 'notice', code: '1', msg: 'hello', connId }, kind: 'system' },
  { name: 'a text of unknown meaning', frame: 'hello', kind: 'unknown' },
];

export const frames = [...subscriptions, ...updates, ...answers, ...notices];
