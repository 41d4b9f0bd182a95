import type { TraceEntry } from 'hpx-transport-ws';

type Parts = Pick<typeof import('hpx-transport-ws'), 'GenericJsonHandler' | 'WebSocketClient'> &
  Pick<typeof import('hpx-transport-ws/testing'), 'ReferenceServer' | 'SimulatedNetwork'>;

/** An hour with two outages on the simulated network, and its trace. The caller passes the parts. */
export async function simulate(parts: Parts, seed: number): Promise<TraceEntry[]> {
  const network = new parts.SimulatedNetwork({ seed });
  new parts.ReferenceServer(network, 'ws://exchange');
  const client = new parts.WebSocketClient({ url: 'ws://exchange' }, new parts.GenericJsonHandler(), network.runtime());
  const trace: TraceEntry[] = [];
  client.trace((entry) => trace.push(entry));
  void client.connect();
  void client.subscribe('trades.BTC');
  for (let outage = 0; outage < 2; outage++) {
    await network.clock.advance(1_000);
    network.admission = 'refuse';
    for (const connection of network.connections) connection.terminate();
    await network.clock.advance(1_800_000);
    network.admission = 'accept';
    await network.clock.advance(60_000);
  }
  const closed = client.close();
  await network.clock.advance(1_000);
  await closed;
  return trace;
}
