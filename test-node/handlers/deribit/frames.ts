import type { Sequence, Signal } from 'hpx-transport-ws';

/** A frame of the venue, and what the client should read in it. Values are invented. */
export interface VenueFrame {
  readonly name: string;
  readonly frame: unknown;
  readonly kind: 'response' | 'update' | 'system' | 'unknown';
  readonly id?: number;
  readonly topic?: string;
  readonly code?: number;
  readonly signal?: Signal;
  readonly sequence?: Sequence;
}

/** The ids that the handler gives to its own calls. */
export const OWN = { heartbeat: 2_000_000_000, test: 2_000_000_001, ping: 2_000_000_002, login: 2_000_000_003 };
export const KEYS = { apiKey: 'INVcid01', secret: 'INVENTED_client_secret_0001' };
/** The time stamp and nonce of a signature that is known. */
export const SIGNED = {
  timestamp: 1_790_000_000_123,
  nonce: 'n0nce42',
  signature: '857d1a407944ee28f44451138e8721fb9aaa2ca175d7d980260127790940fde3',
};

const times = { usIn: 1790000001888348, usOut: 1790000001889867, usDiff: 1519, testnet: false };
export const result = (id: number, value: unknown) => ({ jsonrpc: '2.0', id, result: value, ...times });
export const refusal = (id: number, code: number, message: string, data?: unknown) => ({
  jsonrpc: '2.0',
  id,
  error: { message, ...(data !== undefined && { data }), code },
  ...times,
});
export const update = (channel: string, data: unknown) => ({
  jsonrpc: '2.0',
  method: 'subscription',
  params: { channel, data },
});
export const heartbeat = (type: string) => ({ params: { type }, method: 'heartbeat', jsonrpc: '2.0' });

export const tokens = {
  token_type: 'bearer',
  scope: 'connection mainaccount trade:read_write',
  refresh_token: '1790000000328.INVrefresh',
  expires_in: 900,
  enabled_features: [],
  access_token: '1790000000328.INVaccess',
};

const book = 'book.BTC-PERPETUAL.100ms';
const ticker = 'ticker.BTC-PERPETUAL.100ms';
const order = {
  order_id: 'BTC-584849853',
  order_state: 'open',
  instrument_name: 'BTC-PERPETUAL',
  direction: 'buy',
  amount: 10,
  price: 91000,
  order_type: 'limit',
  label: 'mm-1',
};
const updateOf = (name: string, channel: string, data: unknown, sequence?: Sequence): VenueFrame => ({
  name,
  frame: update(channel, data),
  kind: 'update',
  topic: channel,
  ...(sequence && { sequence }),
});

export const frames: readonly VenueFrame[] = [
  { name: 'a confirmation', frame: result(3, [ticker, book]), kind: 'response', id: 3 },
  {
    name: 'raw topics without a login',
    frame: refusal(5, 13778, 'raw_subscriptions_not_available_for_unauthorized'),
    kind: 'response',
    id: 5,
    code: 13778,
  },
  {
    name: 'a session that has ended',
    frame: refusal(6, 13009, 'unauthorized', { reason: 'invalid_token' }),
    kind: 'response',
    id: 6,
    code: 13009,
    signal: { type: 'authenticate' },
  },
  updateOf(
    'a whole book',
    book,
    {
      timestamp: 1790000002448,
      type: 'snapshot',
      change_id: 193809616666,
      instrument_name: 'BTC-PERPETUAL',
      bids: [
        ['new', 91234.5, 270],
        ['new', 91234, 7414],
      ],
      asks: [['new', 91235, 53]],
    },
    { current: 193809616666, snapshot: true },
  ),
  updateOf(
    'a change of a book',
    book,
    {
      timestamp: 1790000002548,
      type: 'change',
      change_id: 193809650259,
      instrument_name: 'BTC-PERPETUAL',
      bids: [['delete', 91234, 0]],
      asks: [['change', 91235, 91]],
      prev_change_id: 193809616666,
    },
    { current: 193809650259, previous: 193809616666 },
  ),
  updateOf(
    'a grouped book',
    'book.BTC-PERPETUAL.none.10.100ms',
    { timestamp: 1790000002548, instrument_name: 'BTC-PERPETUAL', change_id: 7, bids: [[91234, 1]], asks: [] },
    { current: 7, snapshot: true },
  ),
  updateOf('a ticker', ticker, { timestamp: 1790000002600, last_price: 91234.5, funding_8h: 5.149e-5 }),
  // One order on raw channels, a list on the others; the documentation is not clear, and both are passed on.
  updateOf('an order', 'user.orders.BTC-PERPETUAL.raw', order),
  updateOf('a list of orders', 'user.orders.BTC-PERPETUAL.100ms', [order]),
  updateOf('a notice of maintenance', 'platform_state', { maintenance: true }),
  updateOf('a locked index', 'platform_state', { locked: true, price_index: 'btc_usd', reasons: [] }),
  { name: 'the heartbeats are set', frame: result(OWN.heartbeat, 'ok'), kind: 'system', id: OWN.heartbeat },
  { name: 'a heartbeat', frame: heartbeat('heartbeat'), kind: 'system' },
  { name: 'a heartbeat that wants an answer', frame: heartbeat('test_request'), kind: 'system' },
  { name: 'the answer to the test', frame: result(OWN.test, { version: '1.2.26' }), kind: 'system', id: OWN.test },
  { name: "a call of the application's own", frame: result(12, { version: '1.2.26' }), kind: 'response', id: 12 },
  { name: 'an order that was placed', frame: result(21, { order, trades: [] }), kind: 'response', id: 21 },
  {
    name: 'an order without funds',
    frame: refusal(22, 10009, 'not_enough_funds'),
    kind: 'response',
    id: 22,
    code: 10009,
  },
  {
    // Not confirmed: the member `wait`, and whether the venue closes the connection. The client needs neither.
    name: 'too many requests',
    frame: refusal(23, 10028, 'too_many_requests', { wait: 1 }),
    kind: 'response',
    id: 23,
    code: 10028,
  },
  {
    name: 'an error without an id',
    frame: { jsonrpc: '2.0', error: { code: 11050, data: 'invalid json', message: 'bad_request' }, ...times },
    kind: 'system',
    code: 11050,
  },
];
