import { Channel, ConnectionClosedError, ConnectionFailedError, RequestRejectedError } from 'hpx-transport-ws';
import { connectWorker, type WorkerClient, type WorkerOptions } from 'hpx-transport-ws/worker';

/** A client whose worker speaks to this server. The messages of the worker that bring updates are counted. */
function open(server: string, options?: WorkerOptions) {
  const worker = new Worker(`/feed-worker.js?server=${encodeURIComponent(server)}`);
  const count = { messages: 0 };
  worker.addEventListener('message', ({ data }: MessageEvent<{ body: unknown[] }>) => {
    const [kind, entries] = data.body;
    if (kind === 'news' && (entries as unknown[][]).some(([first]) => typeof first === 'number')) count.messages++;
  });
  const client: WorkerClient = connectWorker(worker, options);
  return { client, worker, count };
}

const api = { open, connectWorker, Channel, ConnectionClosedError, ConnectionFailedError, RequestRejectedError };

declare global {
  /** What tests find in a page whose client is in a worker. */
  var feed: typeof api;
}

globalThis.feed = api;
