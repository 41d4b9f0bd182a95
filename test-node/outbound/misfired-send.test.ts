import { GenericJsonHandler, type Runtime, type Socket, WebSocketClient } from 'hpx-transport-ws';
import { ReferenceServer, SimulatedNetwork } from 'hpx-transport-ws/testing';
import { expect, it } from 'vitest';

/** As ws in a bundle that has an empty stub in the place of bufferutil. */
function withStub(runtime: Runtime): Partial<Runtime> {
  const openSocket: Runtime['openSocket'] = (request, events) => {
    const socket = runtime.openSocket(request, events);
    const broken: Socket = {
      send: (data) => {
        if (data.length >= 100) throw new TypeError('bufferUtil.mask is not a function');
        socket.send(data);
      },
      close: (code, reason) => socket.close(code, reason),
      bufferedAmount: 0,
    };
    return broken;
  };
  return { openSocket, clock: runtime.clock, random: () => 0.5 };
}

it('a programming error in the send of a socket is an error, and the connection lives on [RT12]', async () => {
  const network = new SimulatedNetwork({ seed: 1 });
  const { clock } = network;
  new ReferenceServer(network, 'ws://exchange');
  const client = new WebSocketClient(
    { url: 'ws://exchange' },
    new GenericJsonHandler(),
    withStub(network.runtime() as Runtime),
  );
  const errors: string[] = [];
  client.on('error', (error) => errors.push(error.message));
  await clock.until(client.connect());

  const long = 'x'.repeat(100);
  const request = client.request({ op: 'echo', text: long });
  await expect(clock.until(request)).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
  expect(request.delivery).toBe('unsent');
  await expect(clock.until(client.send(long))).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
  const subscribe = client.subscribe(long, { timeout: 1_000 });
  await expect(clock.until(subscribe)).rejects.toMatchObject({ code: 'SUBSCRIPTION_FAILED' });
  expect(errors.length).toBeGreaterThanOrEqual(3);
  expect(errors[0]).toMatch(/keep ws out of the bundle.*bufferUtil\.mask is not a function/);

  await clock.until(client.request({ op: 'echo' }));
  expect(client.stats()).toMatchObject({ state: 'ready', epoch: 1, reconnects: 0, pendingRequests: 0 });
  await clock.until(client.close());
});
