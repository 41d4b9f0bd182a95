import { WebSocketClient } from 'hpx-transport-ws';
import { serveClient } from 'hpx-transport-ws/worker';
import { DEMO_CREDENTIALS, DemoHandler } from '../protocol.js';
import type { Settings } from './settings.js';

// The client lives here, with the credentials: the page never sees them.
self.addEventListener(
  'message',
  ({ data }: MessageEvent<Settings>) => {
    const { heartbeat, delay } = data;
    const client = new WebSocketClient(
      {
        url: `${self.location.origin.replace(/^http/, 'ws')}/feed`,
        pingInterval: heartbeat,
        pongTimeout: heartbeat,
        reconnectInitialDelay: delay,
        reconnectMaxDelay: 8 * delay,
      },
      new DemoHandler(DEMO_CREDENTIALS),
    );
    serveClient(self, client);
  },
  { once: true },
);
