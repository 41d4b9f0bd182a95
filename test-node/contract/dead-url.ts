import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** A URL of a closed port. The port is the local end of a connection, so that no other server takes it. */
export async function reserveDeadUrl(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const keeper = createServer().listen(0, '127.0.0.1');
  await once(keeper, 'listening');
  const client = connect({ host: '127.0.0.1', port: (keeper.address() as AddressInfo).port });
  await once(client, 'connect');
  return {
    url: `ws://127.0.0.1:${client.localPort}`,
    stop: async () => {
      client.destroy();
      keeper.close();
      await once(keeper, 'close');
    },
  };
}
