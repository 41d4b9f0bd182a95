import { setImmediate } from 'node:timers/promises';
import { pro } from 'ccxt';

/**
 * ccxt pro with its Bybit class, which offers `watchTrades()` in a loop: each turn brings the trades since the last one.
 * The markets are given, so that it does not ask an exchange for them. It has no requests that are comparable.
 */
export async function open(url) {
  const exchange = new pro.bybit({ newUpdates: true, options: { defaultType: 'swap' } });
  exchange.urls.api.ws = { public: { spot: url, linear: url, inverse: url, option: url }, private: {} };
  // ccxt needs this to open a socket without TLS.
  await exchange.loadHttpProxyAgent();
  const markets = new Map();
  return {
    subscribe: async (topics, listener) => {
      for (const topic of topics) markets.set(topic, marketOf(topic));
      exchange.setMarkets([...markets.values()]);
      for (const topic of topics) void watch(exchange, markets.get(topic).symbol, listener);
      // There is no confirmation. The server sends whatever happens; what matters is that the loops wait for it.
      const { futures } = exchange.client(url);
      while (Object.keys(futures).length < markets.size) await setImmediate();
    },
    close: () => exchange.close(),
  };
}

async function watch(exchange, symbol, listener) {
  for (;;) {
    for (const { amount } of await exchange.watchTrades(symbol)) listener({ size: amount });
  }
}

/** As much of a linear perpetual as the trade stream needs. */
function marketOf(topic) {
  const id = topic.slice(topic.indexOf('.') + 1);
  const kind = { type: 'swap', swap: true, spot: false, future: false, option: false, contract: true, linear: true };
  return {
    id,
    symbol: `${id}/USDT:USDT`,
    base: id,
    quote: 'USDT',
    settle: 'USDT',
    active: true,
    inverse: false,
    ...kind,
  };
}
