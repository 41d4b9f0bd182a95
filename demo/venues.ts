import { BinanceHandler, urls as binance } from 'hpx-transport-ws/handlers/binance';
import { BybitHandler, urls as bybit } from 'hpx-transport-ws/handlers/bybit';
import { DeribitHandler, urls as deribit } from 'hpx-transport-ws/handlers/deribit';
import { EthereumHandler } from 'hpx-transport-ws/handlers/ethereum';
import { OkxHandler, urls as okx } from 'hpx-transport-ws/handlers/okx';
import type { DemoVenue, LocalVenue } from './tap.js';
import { startBinanceServer } from './venues/binance-server.js';
import { startBybitServer } from './venues/bybit-server.js';
import { startDeribitServer } from './venues/deribit-server.js';
import { startEthereumServer } from './venues/ethereum-server.js';
import { startOkxServer } from './venues/okx-server.js';

/** Milliseconds between two moves of a scripted market, and between two blocks of a scripted chain. */
const TICK_INTERVAL = 100;
const BLOCK_INTERVAL = 1_000;

/** The venues that the demo can listen to, by name. */
export const venues: Readonly<Record<string, DemoVenue>> = {
  binance: {
    url: binance.public,
    topics: ['btcusdt@trade', 'btcusdt@bookTicker'],
    handler: () => new BinanceHandler(),
    serve: async () => local(await startBinanceServer({ tickInterval: TICK_INTERVAL }), 'public'),
  },
  bybit: {
    url: bybit.public.linear,
    topics: ['tickers.BTCUSDT', 'publicTrade.BTCUSDT'],
    handler: () => new BybitHandler(),
    serve: async () => local(await startBybitServer({ tickInterval: TICK_INTERVAL }), 'linear'),
  },
  deribit: {
    url: deribit.public,
    topics: ['ticker.BTC-PERPETUAL.100ms', 'trades.BTC-PERPETUAL.100ms'],
    handler: () => new DeribitHandler(),
    serve: () => startDeribitServer({ tickInterval: TICK_INTERVAL }),
  },
  ethereum: {
    url: 'wss://ethereum-rpc.publicnode.com',
    topics: ['newHeads'],
    handler: () => new EthereumHandler(),
    serve: () => startEthereumServer({ blockInterval: BLOCK_INTERVAL }),
  },
  okx: {
    url: okx.public,
    topics: ['tickers?instId=BTC-USDT', 'trades?instId=BTC-USDT'],
    handler: () => new OkxHandler(),
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
