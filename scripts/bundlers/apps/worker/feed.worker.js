import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { serveClient } from 'hpx-transport-ws/worker';

// The page names the server when it starts the worker.
addEventListener('message', function start({ data: { url } }) {
  if (!url) return;
  removeEventListener('message', start);
  serveClient(self, new WebSocketClient({ url }, new GenericJsonHandler()));
});
