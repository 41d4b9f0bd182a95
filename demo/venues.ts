import { BinanceHandler, urls as binance } from 'hpx-transport-ws/handlers/binance';
import type { DemoVenue } from './tap.js';
import { startBinanceServer } from './venues/binance-server.js';

/** Milliseconds between two moves of a scripted market. */
const TICK_INTERVAL = 100;

/** The venues that the demo can listen to, by name. */
export const venues: Readonly<Record<string, DemoVenue>> = {
  binance: {
    url: binance.public,
    topics: ['btcusdt@trade', 'btcusdt@bookTicker'],
    handler: () => new BinanceHandler(),
    serve: async () => {
      const server = await startBinanceServer({ tickInterval: TICK_INTERVAL });
      return { url: server.urls.public, close: () => server.close() };
    },
  },
};
