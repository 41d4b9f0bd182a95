import { WebSocketClient } from 'hpx-transport-ws';
import { serveClient } from 'hpx-transport-ws/worker';
import { DEMO_CREDENTIALS, DemoHandler } from '../protocol.js';
import { clientConfig } from './client-config.js';
import { recordClient } from './record-client.js';
import { replayClient } from './replay-client.js';
import type { FirstMessage } from './worker-jobs.js';

// The client lives here, with the credentials: the page never sees them. What is said of a recording or a replay has a port of its own.
self.addEventListener(
  'message',
  ({ data: { settings, job } }: MessageEvent<FirstMessage>) => {
    switch (job.kind) {
      case 'live':
        return serveClient(self, new WebSocketClient(clientConfig(settings), new DemoHandler(DEMO_CREDENTIALS)));
      case 'record':
        return serveClient(self, recordClient(settings, job.port));
      case 'replay':
        return void replayClient(job.port, job.file, (client) => serveClient(self, client));
    }
  },
  { once: true },
);
