import { GenericJsonHandler, type Message, WebSocketClient } from 'hpx-transport-ws';
import { serveClient } from 'hpx-transport-ws/worker';

/** Fails outside of the client when the data says so, as an application's own code may. */
class Handler extends GenericJsonHandler {
  override extractData(message: Message): unknown {
    const data = super.extractData(message);
    if (data === 'throw') {
      setTimeout(() => {
        throw new Error('worker code failed');
      });
    }
    return data;
  }
}

const url = new URLSearchParams(location.search).get('server') ?? '';
const client = new WebSocketClient({ url, reconnectInitialDelay: 10, reconnectMaxDelay: 50 }, new Handler());
serveClient(globalThis, client, { keys: { bySymbol: ({ data }) => (data as { s: string }).s } });
