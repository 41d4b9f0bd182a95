import { describe, expect, it } from 'vitest';
import { ReplayAnswers } from '../../demo/dashboard/replay-answers.js';
import { Script, type ScriptLine } from '../../demo/dashboard/script.js';

const asking = (socket: number, method: string, params: unknown) => ({
  socket,
  event: 'out',
  text: JSON.stringify({ id: `${socket}`, method, params }),
});
const TOPICS = ['trades.BTC-USD', 'book.BTC-USD'];
const LINES = [
  { recording: 'hpx-transport-ws', version: 1, startedAt: 0 },
  { socket: 1, event: 'connecting', url: 'ws://demo' },
  asking(1, 'subscribe', TOPICS),
  { socket: 1, event: 'close', code: 1006, reason: '' },
  { socket: 2, event: 'connecting', url: 'ws://demo' },
  asking(2, 'subscribe', TOPICS),
];

describe('the replay of a drop', () => {
  it('waits on the new connection for what the page had subscribed, also before its login [DM11]', () => {
    const script = new Script(LINES.map((line, time) => JSON.stringify({ time, ...line })).join('\n'));
    const answers = new ReplayAnswers(script, () => {});
    const seen: (ScriptLine & { isCovered?: boolean })[] = [];
    for (const _ of script.lines((line) => {
      if (line.begins) answers.begin();
      seen.push({ ...line, ...(line.topics && { isCovered: answers.covers(line.topics) }) });
      // The page subscribes on its first connection, and is slow to log in on the second.
      if (line.time === 1) answers.answer(asking(1, 'subscribe', TOPICS).text);
    }));
    expect(seen.filter((line) => line.topics || line.begins)).toMatchObject([
      { time: 1, begins: true },
      { time: 2, topics: TOPICS, isCovered: true },
      { time: 4, begins: true },
      { time: 5, topics: TOPICS, isCovered: false },
    ]);
  });
});
