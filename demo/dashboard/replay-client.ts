import { WebSocketClient } from 'hpx-transport-ws';
import { Player } from 'hpx-transport-ws/recording';
import { DEMO_CREDENTIALS, DemoHandler, type Methods, type Topics } from '../protocol.js';
import { messageOf } from './message-of.js';
import { Replayer } from './replayer.js';
import { Script } from './script.js';
import type { ReplayNews, ReplayOrder } from './worker-jobs.js';

/** Milliseconds between two messages about the progress. */
const NEWS = 100;

type Client = WebSocketClient<Topics, Methods>;

/** Reads a recording, and gives its client to `serve`. What cannot be read is told on the port. */
export async function replayClient(port: MessagePort, file: Blob, serve: (client: Client) => void): Promise<void> {
  const tell = (news: ReplayNews) => port.postMessage(news);
  try {
    const text = await file.text();
    const startedAt = await startOf(text);
    const script = new Script(text);
    const { length, market } = script;
    if (market === undefined) throw new Error('It is a recording of something else than this page.');
    const replayer = new Replayer(script, (symbol) => tell({ kind: 'market', symbol }));
    port.onmessage = ({ data }: MessageEvent<ReplayOrder>) => replayer.obey(data);
    // Nothing but the recording says how the connection is.
    const config = { url: 'ws://recording', pingInterval: 0 };
    serve(new WebSocketClient(config, new DemoHandler(DEMO_CREDENTIALS), replayer.runtime));
    tell({ kind: 'open', startedAt, length, market });
    const timer = setInterval(() => tell({ kind: 'progress', position: replayer.position }), NEWS);
    const { frames, unsent } = await replayer.finish().finally(() => clearInterval(timer));
    tell({ kind: 'progress', position: length });
    tell({ kind: 'end', frames, unsent });
  } catch (error) {
    tell({ kind: 'failed', message: messageOf(error) });
  }
}

/**
 * Reads the first line, by a player that has no more.
 * @throws ProtocolError if it is not the header of a recording
 */
async function startOf(text: string): Promise<number> {
  const player = new Player(text.slice(0, `${text}\n`.indexOf('\n')));
  const nothing = () => {};
  const events = { onOpen: nothing, onMessage: nothing, onPing: nothing, onPong: nothing, onError: nothing };
  player.runtime.openSocket(
    { url: 'ws://recording', protocols: [], maxMessageSize: 1 },
    { ...events, onClose: nothing },
  );
  await player.finished;
  return player.startedAt ?? 0;
}
