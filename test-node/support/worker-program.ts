import { parentPort, workerData } from 'node:worker_threads';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { serveClient } from 'hpx-transport-ws/worker';

/** A worker thread that serves a client of the mock server's dialect, and fails on demand. */
class Failing extends GenericJsonHandler {
  override extractData(message: Parameters<GenericJsonHandler['extractData']>[0]): unknown {
    const data = super.extractData(message);
    if (data === 'exit') process.exit(3);
    if (data === 'throw') {
      setImmediate(() => {
        throw new Error('worker code failed');
      });
    }
    return data;
  }
}

const { url } = workerData as { url: string };
if (parentPort) serveClient(parentPort, new WebSocketClient({ url }, new Failing()));
