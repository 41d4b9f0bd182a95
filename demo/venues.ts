import type { ConnectionOptions } from '../src/cli/arguments.js';
import { startBinanceServer } from './venues/binance-server.js';
import { startBybitServer } from './venues/bybit-server.js';
import { startDeribitServer } from './venues/deribit-server.js';
import { startEthereumServer } from './venues/ethereum-server.js';
import { startOkxServer } from './venues/okx-server.js';

/** Milliseconds between two moves of a scripted market, and between two blocks of a scripted chain. */
const TICK_INTERVAL = 100;
const BLOCK_INTERVAL = 1_000;

export type VenueName = NonNullable<ConnectionOptions['venue']>;

interface DemoVenue {
  /** What is shown if no topic is asked for. */
  readonly topics: readonly string[];
  /** Starts a server that speaks the protocol of the venue, on this machine. */
  serve(): Promise<LocalVenue>;
}

interface LocalVenue {
  readonly url: string;
  close(): Promise<void>;
}

/** The venues that the demo can listen to, by name. */
export const venues: Readonly<Record<VenueName, DemoVenue>> = {
  binance: {
    topics: ['btcusdt@trade', 'btcusdt@bookTicker'],
    serve: async () => local(await startBinanceServer({ tickInterval: TICK_INTERVAL }), 'public'),
  },
  bybit: {
    topics: ['tickers.BTCUSDT', 'publicTrade.BTCUSDT'],
    serve: async () => local(await startBybitServer({ tickInterval: TICK_INTERVAL }), 'linear'),
  },
  deribit: {
    topics: ['ticker.BTC-PERPETUAL.100ms', 'trades.BTC-PERPETUAL.100ms'],
    serve: () => startDeribitServer({ tickInterval: TICK_INTERVAL }),
  },
  ethereum: {
    topics: ['newHeads'],
    serve: () => startEthereumServer({ blockInterval: BLOCK_INTERVAL }),
  },
  okx: {
    topics: ['tickers?instId=BTC-USDT', 'trades?instId=BTC-USDT'],
    serve: async () => local(await startOkxServer({ tickInterval: TICK_INTERVAL }), 'public'),
  },
};

/** A server with several addresses, seen from one of them. */
function local<Name extends string>(
  server: { readonly urls: Readonly<Record<Name, string>>; close(): Promise<void> },
  name: Name,
): LocalVenue {
  return { url: server.urls[name], close: () => server.close() };
}
