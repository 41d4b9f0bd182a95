// Metrics with prom-client: the numbers of `stats()`, read when Prometheus asks for them.
// Run it: npm run check:integrations
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Numbers that go up and down, by their name in `stats()`. */
const GAUGES = {
  pendingRequests: 'Requests without an answer',
  waitingCalls: 'Calls that wait to be written',
  subscriptions: 'Topics that are subscribed',
  roundTrip: 'Milliseconds of the last ping',
};
/** Numbers that only go up. A gauge may carry them: Prometheus takes rates of it all the same. */
const TOTALS = {
  received: 'Frames in',
  sent: 'Frames out',
  parsed: 'Frames parsed',
  dropped: 'Updates dropped',
  reconnects: 'Reconnects',
};

/** Registers the metrics of a client. `name` tells several clients of one process apart. */
export function measureClient(client, name, registry) {
  const labelNames = ['client'];
  for (const [stat, help] of Object.entries({ ...GAUGES, ...TOTALS })) {
    new Gauge({
      name: `ws_${stat.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
      help,
      labelNames,
      registers: [registry],
      // Nothing is counted twice, and nothing runs while nobody asks.
      collect() {
        const value = client.stats()[stat];
        if (value !== undefined) this.set({ client: name }, value);
      },
    });
  }
  new Gauge({
    name: 'ws_ready',
    help: '1 while requests may leave',
    labelNames,
    registers: [registry],
    collect() {
      this.set({ client: name }, client.isConnected() ? 1 : 0);
    },
  });
  const losses = new Counter({
    name: 'ws_losses_total',
    help: 'Lost connections',
    labelNames: ['client', 'code'],
    registers: [registry],
  });
  client.on('disconnected', ({ code, cause }) => cause && losses.inc({ client: name, code }));
  const duration = new Histogram({
    name: 'ws_request_seconds',
    help: 'Time of requests',
    labelNames: ['client', 'end'],
    registers: [registry],
  });
  /** A request whose time is measured, by how it ended. */
  return async (payload, options) => {
    const stop = duration.startTimer({ client: name });
    const call = client.request(payload, options);
    try {
      return await call;
    } finally {
      stop({ end: call.delivery }); // answered, unknown or unsent
    }
  };
}

const server = await MockWebSocketServer.start();
const client = new WebSocketClient({ url: server.url, reconnectInitialDelay: 10 }, new GenericJsonHandler());
const registry = new Registry();
const request = measureClient(client, 'orders', registry);
await client.connect();
await request({ op: 'balance' });
server.dropAll();
await new Promise((resolve) => client.once('reconnected', resolve));
process.stdout.write(await registry.metrics()); // an HTTP server would answer GET /metrics with it
await client.close();
await server.close();
