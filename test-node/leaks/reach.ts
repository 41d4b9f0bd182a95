import { type ConnectionState, type Limits, WebSocketClient, type WebSocketConfigInput } from 'hpx-transport-ws';
import { ReferenceServer, SimulatedNetwork } from 'hpx-transport-ws/testing';
import { LoginHandler } from '../support/login-handler.js';

const URL = 'ws://exchange';

/** A venue that takes few frames and ends connections after a while: both need timers. */
export class LimitedHandler extends LoginHandler {
  override readonly limits: Limits = { frames: { count: 3, window: 60_000 }, lifetime: 3_600_000 };
}

/** A handler whose greeting never ends. */
class EndlessGreeting extends LoginHandler {
  override onConnect(): Promise<undefined> {
    return new Promise(() => {});
  }
}

/** A network, a server that requires a login, and a client that stays in the given state. */
export async function reach(
  state: ConnectionState,
  config: Partial<WebSocketConfigInput> = {},
  handler = state === 'connected' ? new EndlessGreeting() : new LoginHandler(),
) {
  const network = new SimulatedNetwork();
  const runtime = network.runtime();
  const server = new ReferenceServer(network, URL, { key: handler.key });
  const client = new WebSocketClient({ url: URL, ...config }, handler, runtime);
  if (state === 'connecting') network.admission = 'hang';
  if (state === 'authenticating') server.mute = true;
  if (state !== 'disconnected') void client.connect();
  await network.clock.advance(10);
  if (state === 'reconnecting') {
    network.admission = 'refuse';
    server.drop();
    // Some attempts, and then the delay before the next one.
    while (client.state !== state || network.attempts.length < 3) await network.clock.advance(10);
  }
  if (state === 'closing') {
    for (const connection of network.connections) connection.blackHole();
    void client.close({ drain: true });
  }
  if (state === 'closed') {
    void client.close();
    await network.clock.advance(10);
  }
  if (client.state !== state) throw new Error(`It is ${client.state}, and not ${state}.`);
  return { network, runtime, server, client };
}
