import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws-built';
import { serveClient } from 'hpx-transport-ws-worker-built';

/** The file of the worker: the client, and what the bench asks beside it. */
const url = new URLSearchParams(globalThis.location.search).get('url');
const client = new WebSocketClient({ url }, new GenericJsonHandler());
serveClient(globalThis, client);

const channel = new BroadcastChannel('bench');
channel.onmessage = () => {
  const { received, parsed } = client.stats();
  channel.postMessage({ received, parsed });
};
