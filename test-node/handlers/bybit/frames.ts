import type { Sequence, Signal } from 'hpx-transport-ws';
import type { BybitEndpoint } from 'hpx-transport-ws/handlers/bybit';

/** One frame of the venue, and what the handler has to read in it. A missing member: nothing is read. */
export interface VenueFrame {
  readonly name: string;
  /** @default 'public' */
  readonly endpoint?: BybitEndpoint;
  readonly frame: object;
  readonly kind: 'response' | 'control' | 'update' | 'system' | 'unknown';
  readonly id?: string;
  readonly topic?: string;
  readonly sequence?: Sequence;
  readonly error?: object;
  readonly signal?: Signal;
  /** What the frame says of `topics`. */
  readonly topics?: readonly string[];
  readonly outcome?: boolean | object;
  readonly login?: 'success' | 'final' | 'retry' | true;
  readonly isPong?: true;
}

const CONNECTION = 'd1a2b3c4e5f6g7h8i9j0-4k2';
const BOOK = 'orderbook.50.BTCUSDT';
const TRADES = 'publicTrade.BTCUSDT';
const CALL = 'tickers.BTC-25DEC26-100000-C';
const PUT = 'tickers.BTC-25DEC26-100000-P';

export const acknowledgements: readonly VenueFrame[] = [
  {
    name: 'a confirmation of futures',
    frame: { success: true, ret_msg: '', conn_id: CONNECTION, req_id: 'b-1', op: 'subscribe' },
    kind: 'response',
    id: 'b-1',
    topics: [BOOK, TRADES],
    outcome: true,
  },
  {
    name: 'a confirmation of spot, whose ret_msg is no error',
    frame: { success: true, ret_msg: 'subscribe', conn_id: CONNECTION, req_id: 'b-1', op: 'subscribe' },
    kind: 'response',
    id: 'b-1',
    topics: [BOOK],
    outcome: true,
  },
  {
    name: 'a confirmation of the account',
    endpoint: 'private',
    frame: { req_id: 'b-2', success: true, ret_msg: '', op: 'subscribe', conn_id: CONNECTION },
    kind: 'response',
    id: 'b-2',
    topics: ['order'],
    outcome: true,
  },
  {
    name: 'a confirmation without an id, by order',
    endpoint: 'private',
    frame: { success: true, ret_msg: '', op: 'subscribe', conn_id: CONNECTION },
    kind: 'control',
    topics: ['order'],
    outcome: true,
  },
  {
    name: 'a confirmation with an empty id',
    frame: { success: true, ret_msg: '', op: 'subscribe', req_id: '', conn_id: CONNECTION },
    kind: 'control',
    topics: [BOOK],
    outcome: true,
  },
  {
    name: 'a confirmation of options, by its topics',
    frame: {
      success: true,
      conn_id: 'aa01fbfffe80af37-00000001',
      data: { failTopics: [], successTopics: [CALL] },
      type: 'COMMAND_RESP',
    },
    kind: 'control',
    topics: [CALL, PUT],
    outcome: { accepted: [CALL], refused: [] },
  },
  // Not confirmed: the value of `success` if a topic is refused. Both are accepted.
  ...[true, false].map(
    (success): VenueFrame => ({
      name: `a partial refusal of options, success ${success}`,
      frame: {
        success,
        conn_id: 'aa01fbfffe80af37-00000001',
        data: { failTopics: ['tickers.BTC-NOPE'], successTopics: [PUT] },
        type: 'COMMAND_RESP',
      },
      kind: 'control',
      topics: [PUT, 'tickers.BTC-NOPE'],
      outcome: { accepted: [PUT], refused: ['tickers.BTC-NOPE'] },
      ...(!success && {
        error: {
          message: 'the venue refused and gave no reason',
          data: { failTopics: ['tickers.BTC-NOPE'], successTopics: [PUT] },
        },
      }),
    }),
  ),
  {
    name: 'a confirmation of other options',
    frame: { success: true, data: { failTopics: [], successTopics: [CALL] }, type: 'COMMAND_RESP' },
    kind: 'control',
    topics: [PUT],
  },
  {
    name: 'a frame that is refused for one unknown topic',
    frame: {
      success: false,
      ret_msg: 'error:handler not found,topic:orderbook.50.NOPEUSDT',
      conn_id: CONNECTION,
      req_id: 'b-3',
      op: 'subscribe',
    },
    kind: 'response',
    id: 'b-3',
    topics: [BOOK, 'orderbook.50.NOPEUSDT', TRADES],
    outcome: { refused: ['orderbook.50.NOPEUSDT'], again: [BOOK, TRADES] },
    error: { message: 'error:handler not found,topic:orderbook.50.NOPEUSDT' },
  },
  {
    name: 'a frame that is refused for a topic that is subscribed',
    frame: {
      success: false,
      ret_msg: `error:already subscribed,topic:${BOOK}`,
      conn_id: CONNECTION,
      req_id: 'b-4',
      op: 'subscribe',
    },
    kind: 'response',
    id: 'b-4',
    topics: [BOOK, TRADES],
    outcome: { benign: [BOOK], again: [TRADES] },
    error: { message: `error:already subscribed,topic:${BOOK}` },
  },
  {
    name: 'a refusal without an id that is about another frame',
    frame: { success: false, ret_msg: `error:handler not found,topic:${BOOK}`, op: 'subscribe' },
    kind: 'control',
    topics: [TRADES],
    error: { message: `error:handler not found,topic:${BOOK}` },
  },
  {
    name: 'a frame with too many topics',
    frame: { success: false, ret_msg: 'args size >10', conn_id: CONNECTION, req_id: 'b-5', op: 'subscribe' },
    kind: 'response',
    id: 'b-5',
    topics: [BOOK],
    outcome: false,
    error: { message: 'args size >10' },
  },
  {
    name: 'an unknown operation',
    frame: { success: false, ret_msg: 'error:invalid op', conn_id: CONNECTION, req_id: 'b-6', op: 'nope' },
    kind: 'response',
    id: 'b-6',
    error: { message: 'error:invalid op' },
  },
  // Not confirmed: whether an unknown operation is answered with its id and name.
  {
    name: 'an unknown operation, without its id',
    frame: { success: false, ret_msg: 'error:invalid op', conn_id: CONNECTION },
    kind: 'unknown',
    error: { message: 'error:invalid op' },
  },
  {
    name: 'the end of a subscription',
    frame: { success: true, ret_msg: '', conn_id: CONNECTION, req_id: 'b-7', op: 'unsubscribe' },
    kind: 'response',
    id: 'b-7',
    topics: [TRADES],
  },
];

const level = (u: number, type: string) => ({
  topic: BOOK,
  type,
  ts: 1_790_000_001_123,
  data: { s: 'BTCUSDT', b: [['91234.50', '1.250']], a: [['91234.60', '0.731']], u, seq: 9_100_450_001 },
  cts: 1_790_000_001_119,
});

export const updates: readonly VenueFrame[] = [
  {
    name: 'the snapshot of a book',
    frame: level(88_120_001, 'snapshot'),
    kind: 'update',
    topic: BOOK,
    sequence: { current: 88_120_001, snapshot: true },
  },
  {
    name: 'a change of a book',
    frame: level(88_120_002, 'delta'),
    kind: 'update',
    topic: BOOK,
    sequence: { current: 88_120_002, previous: 88_120_001 },
  },
  ...['snapshot', 'delta'].map(
    (type): VenueFrame => ({
      name: `a book after a restart of the service, as a ${type}`,
      frame: level(1, type),
      kind: 'update',
      topic: BOOK,
      sequence: { current: 1, snapshot: true },
    }),
  ),
  {
    name: 'two trades in one update, which is no state',
    frame: {
      topic: TRADES,
      type: 'snapshot',
      ts: 1_790_000_001_200,
      data: [
        {
          T: 1_790_000_001_198,
          s: 'BTCUSDT',
          S: 'Buy',
          v: '0.001',
          p: '91234.60',
          L: 'PlusTick',
          i: '3d0c-1',
          BT: false,
          RPI: false,
          seq: 9_100_450_044,
        },
        {
          T: 1_790_000_001_198,
          s: 'BTCUSDT',
          S: 'Sell',
          v: '0.250',
          p: '91234.50',
          L: 'MinusTick',
          i: '3d0c-2',
          BT: false,
          RPI: false,
          seq: 9_100_450_045,
        },
      ],
    },
    kind: 'update',
    topic: TRADES,
  },
  {
    name: 'a change of a ticker',
    frame: {
      topic: 'tickers.BTCUSDT',
      type: 'delta',
      data: { symbol: 'BTCUSDT', bid1Price: '91234.50', bid1Size: '1.250' },
      cs: 9_100_450_050,
      ts: 1_790_000_001_300,
    },
    kind: 'update',
    topic: 'tickers.BTCUSDT',
  },
  {
    name: 'the ticker of an option, whose id is no request id',
    frame: {
      id: `${CALL}-2480334983-1790000001400`,
      topic: CALL,
      ts: 1_790_000_001_400,
      data: { symbol: 'BTC-25DEC26-100000-C', bidPrice: '410', bidIv: '0.41', askPrice: '430', lastPrice: '420' },
      type: 'snapshot',
    },
    kind: 'update',
    topic: CALL,
  },
  {
    name: 'an order of the account, whose id is no request id',
    endpoint: 'private',
    frame: {
      id: '5923240c6880ab-c59f-420b-9adb-3639adc9dd91',
      topic: 'order',
      creationTime: 1_790_000_002_474,
      data: [{ category: 'linear', symbol: 'BTCUSDT', orderId: '5cf98598', orderLinkId: 'mm-001', orderStatus: 'New' }],
    },
    kind: 'update',
    topic: 'order',
  },
  {
    name: 'the wallet of the account',
    endpoint: 'private',
    frame: {
      id: '592324d2bce751-ad38-48eb-8f42-4671d1fb4d4f',
      topic: 'wallet',
      creationTime: 1_790_000_003_104,
      data: [{ accountType: 'UNIFIED', totalEquity: '10262.91', coin: [{ coin: 'USDT', equity: '10262.91' }] }],
    },
    kind: 'update',
    topic: 'wallet',
  },
  {
    name: 'a planned maintenance',
    frame: {
      topic: 'system.status',
      ts: 1_790_000_003_900,
      data: [
        {
          id: '4d95b2a0',
          title: 'Linear WS upgrade',
          state: 'scheduled',
          begin: '1790003600000',
          end: '1790004200000',
        },
      ],
    },
    kind: 'update',
    topic: 'system.status',
  },
];

export const heartbeats: readonly VenueFrame[] = [
  {
    name: 'the pong of spot',
    frame: { success: true, ret_msg: 'pong', conn_id: CONNECTION, req_id: 'p-1', op: 'ping' },
    kind: 'system',
    id: 'p-1',
    isPong: true,
  },
  {
    name: 'the pong of futures',
    frame: { success: true, ret_msg: 'pong', conn_id: CONNECTION, req_id: '', op: 'ping' },
    kind: 'system',
    isPong: true,
  },
  { name: 'the pong of options', frame: { args: ['1790000004846'], op: 'pong' }, kind: 'system', isPong: true },
  {
    name: 'the pong of the account',
    endpoint: 'private',
    frame: { req_id: 'p-2', op: 'pong', args: ['1790000005633'], conn_id: CONNECTION },
    kind: 'system',
    id: 'p-2',
    isPong: true,
  },
  {
    name: 'the pong of the trade address',
    endpoint: 'trade',
    frame: { retCode: 0, retMsg: 'OK', op: 'pong', data: ['1790000006529'], connId: 'cnt5leec' },
    kind: 'system',
    isPong: true,
  },
];

const trade = (members: object) => ({ op: 'auth', connId: 'cnt5leec0hvan15eukcg-2t', ...members });
const account = (ret_msg: string) => ({ req_id: 'a-1', success: false, ret_msg, op: 'auth', conn_id: CONNECTION });

export const logins: readonly VenueFrame[] = [
  {
    name: 'the account accepts',
    endpoint: 'private',
    frame: { req_id: 'a-1', success: true, ret_msg: '', op: 'auth', conn_id: CONNECTION },
    kind: 'system',
    id: 'a-1',
    login: 'success',
  },
  // Not confirmed: the text, and whether the id comes back. The text may mean a wrong key or a wrong clock.
  {
    name: 'the account refuses without saying why',
    endpoint: 'private',
    frame: account('Params Error'),
    kind: 'system',
    id: 'a-1',
    error: { message: 'Params Error' },
    login: true,
  },
  {
    name: 'the account refuses without an id',
    endpoint: 'private',
    frame: { success: false, ret_msg: 'Params Error', op: 'auth', conn_id: CONNECTION },
    kind: 'system',
    error: { message: 'Params Error' },
    login: true,
  },
  {
    name: 'the account does not know the key',
    endpoint: 'private',
    frame: account('API key is invalid.'),
    kind: 'system',
    id: 'a-1',
    error: { message: 'API key is invalid.' },
    login: 'final',
  },
  {
    name: 'the login comes too late for the account',
    endpoint: 'private',
    frame: account('request expired: o@0, now[1790000020000] diff[10000]'),
    kind: 'system',
    id: 'a-1',
    error: { message: 'request expired: o@0, now[1790000020000] diff[10000]' },
    login: 'retry',
  },
  {
    name: 'the trade address accepts',
    endpoint: 'trade',
    frame: trade({ reqId: 'a-2', retCode: 0, retMsg: 'OK' }),
    kind: 'system',
    id: 'a-2',
    login: 'success',
  },
  {
    name: 'the trade address refuses the signature',
    endpoint: 'trade',
    frame: trade({ reqId: 'a-2', retCode: 10_004, retMsg: 'Invalid sign' }),
    kind: 'system',
    id: 'a-2',
    error: { code: 10_004, message: 'Invalid sign' },
    login: 'final',
  },
  // Not confirmed: the text. The code alone decides.
  ...['Repeat auth', ''].map(
    (retMsg): VenueFrame => ({
      name: `the session is logged in already ("${retMsg}")`,
      endpoint: 'trade',
      frame: trade({ reqId: 'a-3', retCode: 20_001, retMsg }),
      kind: 'system',
      id: 'a-3',
      error: { code: 20_001, message: retMsg || 'the venue refused and gave no reason' },
      login: 'success',
    }),
  ),
  {
    name: 'a wrong clock',
    endpoint: 'trade',
    frame: trade({ retCode: 10_002, retMsg: 'The request time exceeds the time window range.' }),
    kind: 'system',
    error: { code: 10_002, message: 'The request time exceeds the time window range.' },
    login: 'retry',
  },
  {
    name: 'too many sessions, under the code of a wrong key',
    endpoint: 'trade',
    frame: trade({ retCode: 10_003, retMsg: 'Too many sessions under the same UID.' }),
    kind: 'system',
    error: { code: 10_003, message: 'Too many sessions under the same UID.' },
    login: 'retry',
  },
];

const answer = (reqId: string, retCode: number, retMsg: string, data: object = {}) => ({
  reqId,
  retCode,
  retMsg,
  op: 'order.create',
  data,
  retExtInfo: {},
  header: { 'X-Bapi-Limit': '10', Traceid: '38b7977b430f9bd228f4b19724794dff', Timenow: '1790000007209' },
  connId: 'cnt5leec0hvan15eukcg-2v',
});

export const orders: readonly VenueFrame[] = [
  {
    name: 'an order that was taken',
    endpoint: 'trade',
    frame: answer('o-1', 0, 'OK', { orderId: 'a4c1718e-fe53', orderLinkId: 'mm-001' }),
    kind: 'response',
    id: 'o-1',
  },
  {
    name: 'an order that was refused',
    endpoint: 'trade',
    frame: answer('o-2', 170_131, 'Insufficient balance.'),
    kind: 'response',
    id: 'o-2',
    error: { code: 170_131, message: 'Insufficient balance.', data: {} },
  },
  {
    name: 'a request id that was used before',
    endpoint: 'trade',
    frame: answer('o-1', 20_006, 'reqId is duplicated'),
    kind: 'response',
    id: 'o-1',
    error: { code: 20_006, message: 'reqId is duplicated', data: {} },
  },
  // Not confirmed: the text. The code alone decides.
  ...['ws trade service is restarting', ''].map(
    (retMsg): VenueFrame => ({
      name: `an order during a restart ("${retMsg}")`,
      endpoint: 'trade',
      frame: answer('o-3', 10_019, retMsg),
      kind: 'response',
      id: 'o-3',
      error: { code: 10_019, message: retMsg || 'the venue refused and gave no reason', data: {} },
      signal: { type: 'reconnect', reason: retMsg || 'the service restarts', makeBeforeBreak: true },
    }),
  ),
  {
    name: 'a restart, at a handler that was made without an endpoint',
    endpoint: 'public',
    frame: answer('o-3', 10_019, 'ws trade service is restarting'),
    kind: 'response',
    id: 'o-3',
    error: { code: 10_019, message: 'ws trade service is restarting', data: {} },
    signal: { type: 'reconnect', reason: 'ws trade service is restarting', makeBeforeBreak: true },
  },
  {
    name: 'an internal error, after which nobody knows',
    endpoint: 'trade',
    frame: answer('o-5', 10_016, 'internal server error'),
    kind: 'response',
    id: 'o-5',
    error: { code: 10_016, message: 'internal server error', data: {}, outcome: 'unknown' },
  },
  {
    name: 'a restart under the code of an internal error',
    endpoint: 'trade',
    frame: answer('o-6', 10_016, 'Service is restarting'),
    kind: 'response',
    id: 'o-6',
    error: { code: 10_016, message: 'Service is restarting', data: {}, outcome: 'unknown' },
    signal: { type: 'reconnect', reason: 'Service is restarting', makeBeforeBreak: true },
  },
];

/** A batch of two orders; the second is refused. */
export const batch = {
  reqId: 'o-4',
  retCode: 0,
  retMsg: 'OK',
  op: 'order.create-batch',
  data: {
    list: [
      { category: 'linear', symbol: 'SOLUSDT', orderId: '0f1c7a2e', orderLinkId: 'x-1', createAt: '1790000009001' },
      { category: 'linear', symbol: 'SOLUSDT', orderId: '', orderLinkId: 'x-2', createAt: '' },
    ],
  },
  retExtInfo: {
    list: [
      { code: 0, msg: 'OK' },
      { code: 10_001, msg: 'position idx not match position mode' },
    ],
  },
  header: { Timenow: '1790000009002', 'X-Bapi-Limit': '150' },
  connId: 'cupviqn88smf24t2kpb0-536o',
};
