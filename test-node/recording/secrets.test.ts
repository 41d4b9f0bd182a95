import type { ProtocolHandler } from 'hpx-transport-ws';
import { BinanceApiHandler } from 'hpx-transport-ws/handlers/binance';
import { BybitHandler } from 'hpx-transport-ws/handlers/bybit';
import { DeribitHandler } from 'hpx-transport-ws/handlers/deribit';
import { EthereumHandler } from 'hpx-transport-ws/handlers/ethereum';
import { OkxHandler } from 'hpx-transport-ws/handlers/okx';
import { expect, it } from 'vitest';
import { startBinanceServer } from '../../demo/venues/binance-server.js';
import { startBybitServer } from '../../demo/venues/bybit-server.js';
import { startDeribitServer } from '../../demo/venues/deribit-server.js';
import { startEthereumServer } from '../../demo/venues/ethereum-server.js';
import { startOkxServer } from '../../demo/venues/okx-server.js';
import { API_KEY, ED25519_KEY, ED25519_PUBLIC_KEY } from '../handlers/binance/keys.js';
import { KEYS as DERIBIT_KEYS } from '../handlers/deribit/frames.js';
import { KEYS as OKX_KEYS } from '../handlers/okx/keys.js';
import { atEnd } from '../support/live.js';
import { recorded } from './recordings.js';

interface Venue {
  readonly url: string;
  readonly handler: ProtocolHandler<object, object>;
  /** A request that the venue takes of a customer. */
  readonly request: object;
  readonly secrets: readonly string[];
  /** What the venue got. */
  readonly received: () => readonly { readonly data: string | Uint8Array }[];
}

const BYBIT_KEYS = { apiKey: 'kx7TestKeyBybit01', secret: 'sX9-invented-secret-bybit' };
const PROVIDER_KEY = 'a1B2c3D4e5F6g7H8i9J0kLmN';

const VENUES: Record<string, () => Promise<Venue>> = {
  binance: async () => {
    const venue = await startBinanceServer({ keys: { apiKey: API_KEY, publicKey: ED25519_PUBLIC_KEY } });
    atEnd(() => venue.close());
    return {
      url: venue.urls.private,
      handler: new BinanceApiHandler({ apiKey: API_KEY, secret: ED25519_KEY }),
      request: {
        method: 'order.place',
        params: { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '0.01000000' },
      },
      secrets: [API_KEY],
      received: () => venue.server.received,
    };
  },
  bybit: async () => {
    const venue = await startBybitServer({ keys: BYBIT_KEYS });
    atEnd(() => venue.close());
    return {
      url: venue.urls.trade,
      handler: new BybitHandler({ ...BYBIT_KEYS, endpoint: 'trade' }),
      request: {
        op: 'order.create',
        args: [{ category: 'spot', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' }],
      },
      secrets: Object.values(BYBIT_KEYS),
      received: () => venue.server.received,
    };
  },
  okx: async () => {
    const venue = await startOkxServer({ keys: OKX_KEYS });
    atEnd(() => venue.close());
    return {
      url: venue.urls.private,
      handler: new OkxHandler(OKX_KEYS),
      request: {
        op: 'order',
        args: [{ instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', px: '91000', sz: '0.001' }],
      },
      secrets: Object.values(OKX_KEYS),
      received: () => venue.server.received,
    };
  },
  deribit: async () => {
    const venue = await startDeribitServer({ keys: DERIBIT_KEYS });
    atEnd(() => venue.close());
    return {
      url: venue.url,
      handler: new DeribitHandler(DERIBIT_KEYS),
      request: { method: 'private/cancel_all' },
      secrets: [...Object.values(DERIBIT_KEYS), 'INVrefresh', 'INVaccess'],
      received: () => venue.server.received,
    };
  },
  ethereum: async () => {
    const venue = await startEthereumServer();
    atEnd(() => venue.close());
    return {
      url: `${venue.url}/v2/${PROVIDER_KEY}`,
      handler: new EthereumHandler(),
      request: { method: 'eth_chainId' },
      secrets: [PROVIDER_KEY],
      received: () => venue.server.received,
    };
  },
};

it.each(Object.keys(VENUES))('a recording of %s shows no key, signature or token [RP3]', async (name) => {
  const venue = await (VENUES[name] as () => Promise<Venue>)();
  const { url, request, secrets } = venue;
  const handler = venue.handler as unknown as ProtocolHandler<Record<string, unknown>, Record<string, unknown>>;
  const world = recorded(url, { handler });
  await world.client.connect();
  await world.client.request(request).catch(() => {});
  await world.client.close();
  const frames = world.events.filter(({ event }) => event === 'in' || event === 'out');
  const isPublic = name === 'ethereum';
  expect(frames.some(({ characters }) => characters !== undefined)).toBe(!isPublic);
  expect(frames.filter(({ text }) => text !== undefined).length).toBeGreaterThan(1);
  const all = world.lines.join('\n');
  const signatures = signaturesIn(venue.received().map(({ data }) => String(data)));
  expect(signatures.length > 0).toBe(!isPublic);
  for (const secret of [...secrets, ...signatures]) expect(all).not.toContain(secret);
});

/** Words that only a signature can be, in hex or base64, and the members of that name. */
function signaturesIn(frames: readonly string[]): string[] {
  return frames.flatMap((frame) => {
    const named = [...frame.matchAll(/"(?:signature|sign)"\s*:\s*"([^"]+)"/g)].map(([, value]) => value ?? '');
    return [...named, ...[...frame.matchAll(/"([\da-f]{64})"/g)].map(([, value]) => value ?? '')];
  });
}
