// Example: several topics, a reconnection, the gaps that it leaves, and an orderly end.
// Run it: npm run example -- subscription        (ends after 2 s, or with Ctrl-C)
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';

/** What each topic carries. `client.subscribe('trades.BTC')` is a channel of trades. */
interface Topics {
  [topic: `trades.${string}`]: { price: number; quantity: number };
  status: { open: boolean };
}

// A server on this machine: trades ten times a second, and one drop.
const server = await MockWebSocketServer.start();
let price = 64_000;
const market = setInterval(() => {
  price += Math.round(Math.random() * 20) - 10;
  server.publish('trades.BTC', { price, quantity: 1 });
  server.publish('trades.ETH', { price: price / 20, quantity: 5 });
}, 100);
const drop = setTimeout(() => server.dropAll(), 800);

const client = new WebSocketClient<Topics>({ url: server.url, reconnectInitialDelay: 200 }, new GenericJsonHandler());
client.on('disconnected', ({ code, cause }) => {
  if (cause) console.log(`connection lost, close code ${code}`); // without a cause this program has closed it
});
client.on('reconnecting', ({ attempt, delay }) => console.log(`attempt ${attempt} in ${Math.round(delay)} ms`));
client.on('ready', (epoch) => console.log(`connection ${epoch} is ready`));
await client.connect();

// One topic of these may be refused: the others are kept.
const { channels, errors } = await client.subscribeMany(['trades.BTC', 'trades.ETH', 'status'], { partial: true });
for (const [topic, error] of errors) console.log(`no ${topic}: ${error.message}`);

for (const channel of channels) {
  // A gap tells which time the channel may have missed. Fetch it from the exchange's history, or start anew.
  channel.on('gap', ({ since, until, cause }) => {
    console.log(`${channel.topic} missed up to ${until - since} ms (${cause})`);
  });
}

// A loop reads at its own pace. If it is slow, the oldest updates are dropped, and counted.
const counts = new Map<string, number>();
const loops = channels.map(async (channel) => {
  for await (const _update of channel) counts.set(channel.topic, (counts.get(channel.topic) ?? 0) + 1);
});

// The end: after 2 s, or at Ctrl-C, or when a supervisor sends SIGTERM.
await new Promise((resolve) => {
  setTimeout(resolve, 2_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
});
clearInterval(market);
clearTimeout(drop);
await client.close(); // ends every channel, and with it every loop
await Promise.all(loops);
for (const { topic, dropped } of channels)
  console.log(`${topic}: ${counts.get(topic) ?? 0} updates, ${dropped} dropped`);
await server.close();
