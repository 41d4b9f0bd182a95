import { ConnectionClosedError, type SocketClose, type SocketEvents } from 'hpx-transport-ws';
import { Player, type PlayerOptions } from 'hpx-transport-ws/recording';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { clientEvent, outcomeOf } from '../support/live.js';
import { CONNECTING, LOST, recording, replayed, text } from './recordings.js';

const OPEN = [
  [0, 1, 'connecting', CONNECTING],
  [5, 1, 'open'],
] as const;
const FRAMES = [
  [10, 1, 'in', text('1')],
  [30, 1, 'in', text('2')],
  [50, 1, 'in', text('3')],
] as const;

/** A socket of a replay without a client, and what it tells, with the time of the clock. */
function dial(player: Player, clock: VirtualClock) {
  const story: string[] = [];
  const note = (what: string) => story.push(`${clock.now()} ${what}`);
  const events: SocketEvents = {
    onOpen: () => note('open'),
    onMessage: (data) => note(`message ${data}`),
    onPing: () => note('ping'),
    onPong: () => note('pong'),
    onError: ({ cause }) => note(`error ${(cause as Error).message}`),
    onClose: ({ code, reason, wasClean }: SocketClose) => note(`close ${code} ${reason} ${wasClean}`),
  };
  const socket = player.runtime.openSocket({ url: 'ws://recording', protocols: [], maxMessageSize: Infinity }, events);
  return { socket, story };
}

/** A replay on a clock of its own. */
function play(source: string, options: PlayerOptions = {}) {
  const clock = new VirtualClock();
  const player = new Player(source, { clock, ...options });
  return { clock, player, ...dial(player, clock) };
}

describe('a played socket', () => {
  it('gets the pings of the server; what else a recording tells changes nothing [RP11]', async () => {
    const source = recording(
      ...OPEN,
      [6, 1, 'ping', { direction: 'in' }],
      [7, 1, 'ping', { direction: 'out' }],
      [8, 1, 'pong', { direction: 'in' }],
      [9, 1, 'ping', { direction: 'in' }],
      [10, 1, 'in', text('1')],
    );
    const { clock, player, story } = play(source);
    await clock.until(player.finished);
    expect(story).toEqual(['5 open', '6 ping', '9 ping', '10 message 1', '10 close 1000 the recording has ended true']);
  });

  it('takes frames only while it is open, and closes as it is told [RP11]', async () => {
    const { clock, player, socket, story } = play(recording(...OPEN, ...FRAMES));
    expect(() => socket.send('early')).toThrow(ConnectionClosedError);
    await clock.advance(20);
    socket.send('in time');
    socket.close(3_001, 'done');
    expect(() => socket.send('late')).toThrow(ConnectionClosedError);
    socket.close(3_002, 'again');
    socket.terminate?.();
    // Nothing is left that another socket could get.
    expect(await clock.until(player.finished)).toEqual({ frames: 1, hidden: 0, unsent: 0 });
    expect(clock.now()).toBe(20);
    await clock.advance(0);
    expect(story).toEqual(['5 open', '10 message 1', '20 close 3001 done true']);
  });

  it('that was left says nothing more, and harms no newer one [RP11]', async () => {
    const source = recording(
      ...OPEN,
      ...FRAMES,
      [60, 2, 'connecting', CONNECTING],
      [70, 2, 'open'],
      [80, 2, 'in', text('4')],
    );
    const { clock, player, socket, story } = play(source);
    await clock.advance(12);
    const newer = dial(player, clock);
    socket.terminate?.();
    await clock.advance(3);
    socket.terminate?.();
    socket.close();
    expect(await clock.until(player.finished)).toMatchObject({ frames: 2 });
    expect(story).toEqual(['5 open', '10 message 1']);
    expect(newer.story.map((line) => line.slice(line.indexOf(' ') + 1))).toEqual([
      'open',
      'message 4',
      'close 1000 the recording has ended true',
    ]);
  });

  it('closes as recorded, also at the end of the recording [RP11, RP12]', async () => {
    const close = { code: 4_001, reason: 'maintenance', wasClean: true };
    const { clock, player, story } = play(recording(...OPEN, [10, 1, 'close', close]));
    await clock.until(player.finished);
    expect(story).toEqual(['5 open', '10 close 4001 maintenance true']);
    expect(dial(player, clock).story).toEqual([]);
  });

  it('closes at stop(), also if it would stay at the end [RP12]', async () => {
    const { clock, player, story } = play(recording(...OPEN, ...FRAMES), { atEnd: 'stay' });
    await clock.advance(7);
    player.stop();
    expect(await clock.until(player.finished)).toMatchObject({ frames: 0 });
    expect(story).toEqual(['5 open', '7 close 1000 the replay was stopped true']);
  });
});

describe('the time of a replay', () => {
  it('is not moved by what was late [RP8]', async () => {
    const source = recording(...OPEN, [10, 1, 'out', text('ping')], ...FRAMES);
    const { clock, player, story } = play(source);
    await clock.advance(6);
    await clock.jump(9);
    await clock.until(player.finished);
    expect(story.slice(1, 4)).toEqual(['15 message 1', '30 message 2', '50 message 3']);
  });

  it('has no start before the first line was read [RP8]', () => {
    expect(new Player(recording(...OPEN)).startedAt).toBeUndefined();
  });

  it('leaves other code its turn, however fast frames come [RP8]', async () => {
    const many = Array.from({ length: 1_000 }, (_, n) => [10, 1, 'in', text(String(n))] as const);
    const { client, player } = replayed(recording(...OPEN, ...many));
    const order: string[] = [];
    client.on('message', (message) => {
      order.push(message.text);
      if (message.text === '0') setTimeout(() => order.push('a turn'), 0);
    });
    await client.connect();
    await player.finished;
    expect(order.indexOf('a turn')).toBeLessThan(order.indexOf('999'));
    expect(order).toHaveLength(1_001);
  });
});

describe('after the end of a replay', () => {
  it('an answer() that throws changes nothing any more [RP10, RP12]', async () => {
    const { client, player } = replayed(recording(...OPEN), {
      atEnd: 'stay',
      answer: () => {
        throw new Error('no such answer');
      },
    });
    await client.connect();
    expect(await player.finished).toMatchObject({ frames: 0 });
    await client.send('{}');
    expect(client.state).toBe('ready');
  });

  it('each attempt fails for good with the reason [RP12]', async () => {
    const { client, player } = replayed(recording(...OPEN, [10, 1, 'close', LOST]));
    const lost = clientEvent(client, 'disconnected');
    await client.connect();
    await player.finished;
    expect((await lost)[0].code).toBe(1_006);
    const { error } = await client.closed;
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', retryable: false });
    expect(error?.message).toContain('it has no further connection');
    expect(await outcomeOf(client.request({ op: 'late' }))).toHaveProperty('error');
  });
});
