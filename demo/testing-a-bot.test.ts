// An example of how to test a program of your own: a simulated network, a virtual clock, and the faults that matter.
// Run it: npx vitest run test-node/demo/testing-a-bot.test.ts
import { GenericJsonHandler, TransportError, WebSocketClient } from 'hpx-transport-ws';
import { ReferenceServer, SimulatedNetwork } from 'hpx-transport-ws/testing';
import { expect, it } from 'vitest';

/** The bot: sells once when the price falls below a limit. It gets its client, so that a test can give it another world. */
class StopLoss {
  state: 'waiting' | 'selling' | 'sold' | 'ask a person' = 'waiting';
  readonly #client: WebSocketClient;

  constructor(client: WebSocketClient) {
    this.#client = client;
  }

  async start(limit: number): Promise<void> {
    const prices = await this.#client.subscribe('price', { overflow: 'latest' });
    prices.on('message', (price) => {
      if (this.state === 'waiting' && Number(price) < limit) void this.#sell();
    });
  }

  async #sell(): Promise<void> {
    this.state = 'selling';
    try {
      await this.#client.request({ op: 'sell' });
      this.state = 'sold';
    } catch (error) {
      // Only an order that provably never left may be sent again.
      const isUnsent = error instanceof TransportError && error.delivery === 'unsent';
      this.state = isUnsent ? 'waiting' : 'ask a person';
    }
  }
}

/** A bot in a world of its own. Nothing in it takes real time. */
async function world() {
  const network = new SimulatedNetwork();
  const { clock } = network;
  const server = new ReferenceServer(network, 'ws://exchange');
  const client = new WebSocketClient({ url: 'ws://exchange' }, new GenericJsonHandler(), network.runtime());
  const bot = new StopLoss(client);
  await clock.until(client.connect());
  await clock.until(bot.start(100));
  /** The bot makes no other requests. */
  const sells = () => server.requests.length;
  return { bot, client, clock, server, sells };
}

it('sells once when the price falls below the limit', async () => {
  const { bot, clock, server, sells } = await world();
  for (const price of [120, 101, 99, 98, 97]) {
    server.publish('price', price);
    await clock.advance(1_000);
  }
  expect(bot.state).toBe('sold');
  expect(sells()).toBe(1);
});

it('never sells twice when the connection breaks before the answer', async () => {
  const { bot, clock, server, sells } = await world();
  // The exchange has taken the order, and the connection breaks in place of the answer.
  server.onSend = (frame, send) => ('req_id' in frame && 'data' in frame ? server.drop() : send());
  server.publish('price', 99);
  await clock.advance(100);
  server.onSend = (_, send) => send();
  await clock.advance(60_000);
  server.publish('price', 98);
  await clock.advance(60_000);
  expect(bot.state).toBe('ask a person');
  expect(sells()).toBe(1);
});

it('sells after an outage in which the price fell', async () => {
  const { bot, client, clock, server, sells } = await world();
  server.drop();
  await clock.advance(1);
  expect(client.state).not.toBe('ready');
  await clock.advance(60_000);
  server.publish('price', 99);
  await clock.advance(1_000);
  expect(bot.state).toBe('sold');
  expect(sells()).toBe(1);
});
