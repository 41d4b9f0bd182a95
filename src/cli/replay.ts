import type { SocketEvents } from 'hpx-transport-ws';
import { Player, type ReplaySummary } from 'hpx-transport-ws/recording';
import type { ReplayCommand } from './arguments.js';
import { checkRecording, linesOf, REQUEST } from './recording-file.js';
import type { Report } from './report.js';
import * as texts from './texts.js';

/**
 * Plays what came in to the output. Returns the exit code.
 * @throws UsageError if there is no such file, or it is no recording
 */
export async function replay({ file, speed }: ReplayCommand, report: Report, signal: AbortSignal): Promise<number> {
  await checkRecording(file);
  const player = new Player(linesOf(file, signal), { speed, patience: 0 });
  signal.addEventListener('abort', () => player.stop(), { once: true });
  // The user may have ended it while the file was looked at.
  if (signal.aborted) player.stop();
  let isOver = false;
  const dial = () => {
    if (!isOver) player.runtime.openSocket(REQUEST, events);
  };
  const events: SocketEvents = {
    onOpen: () => report.event('ready', texts.OPEN),
    onMessage: (data) => report.frame('in', typeof data === 'string' ? data : `<${data.byteLength} bytes>`),
    onPing: () => {},
    onPong: () => {},
    onError: ({ cause }) => report.event('error', (cause as Error).message),
    onClose: ({ code, reason }) => {
      report.event('lost', texts.lost(code, reason), { code, reason });
      setTimeout(dial, 0);
    },
  };
  dial();
  let summary: ReplaySummary;
  try {
    summary = await player.finished;
  } catch {
    // The socket has reported the error.
    return 1;
  } finally {
    isOver = true;
  }
  const { frames, hidden } = summary;
  const facts = [texts.played(frames, player.position / 1_000)];
  if (hidden > 0) facts.push(texts.hidden(hidden));
  report.summary(facts, { frames, hidden, position: player.position });
  return 0;
}
