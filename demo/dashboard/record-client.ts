import { WebSocketClient } from 'hpx-transport-ws';
import { Recorder } from 'hpx-transport-ws/recording';
import { DEMO_CREDENTIALS, DemoHandler, type Methods, type Topics } from '../protocol.js';
import { clientConfig } from './client-config.js';
import type { Settings } from './settings.js';
import { Tape } from './tape.js';
import type { Recorded, RecordNews, RecordOrder } from './worker-jobs.js';

/** Milliseconds between two messages about the progress. */
const NEWS = 250;

/** Makes a client of the exchange whose frames are recorded, from the first one on. When the recording ends, the client goes on. */
export function recordClient(settings: Settings, port: MessagePort): WebSocketClient<Topics, Methods> {
  const handler = new DemoHandler(DEMO_CREDENTIALS);
  const tape = new Tape();
  const startedAt = performance.now();
  const limit = settings.megabytes * 1_000_000;
  const tell = (news: RecordNews) => port.postMessage(news);
  const recorder = new Recorder({
    handler,
    sink: (line) => {
      tape.add(line);
      // Later, so that the recorder does not stop inside of a line.
      if (tape.bytes >= limit) queueMicrotask(() => end('full'));
    },
  });
  const progress = () => ({ lines: recorder.lines, bytes: tape.bytes, time: performance.now() - startedAt });
  const timer = setInterval(() => tell({ kind: 'progress', ...progress() }), NEWS);
  const client = recorder.attach(new WebSocketClient(clientConfig(settings), handler, recorder.runtime));
  let isOver = false;

  function end(why: Recorded['why']): void {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    recorder.stop();
    const file = tape.file();
    tell({ kind: 'recorded', ...progress(), file, lost: recorder.lost, why });
  }

  port.onmessage = ({ data }: MessageEvent<RecordOrder>) => {
    if (data.kind === 'stop') end('stopped');
  };
  return client;
}
