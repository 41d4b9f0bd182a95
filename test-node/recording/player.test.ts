import { type AnyTransportError, GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { Player } from 'hpx-transport-ws/recording';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { clientEvent, deferred, outcomeOf } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { CONNECTING, HEADER, LOST, recording, replayed, text } from './recordings.js';

const OPEN = [
  [0, 1, 'connecting', CONNECTING],
  [5, 1, 'open'],
] as const;
const UPDATES = recording(
  ...OPEN,
  [10, 1, 'in', text({ n: 1 })],
  [30, 1, 'in', text({ n: 2 })],
  [110, 1, 'in', text({ n: 3 })],
);

/** What a client gets, with the time of the clock. */
function watch(client: WebSocketClient, clock: VirtualClock): string[] {
  const seen: string[] = [];
  client.on('message', (message) => seen.push(`${clock.now()} ${message.text}`));
  return seen;
}

describe('a player', () => {
  it.each([
    [1, ['10 {"n":1}', '30 {"n":2}', '110 {"n":3}']],
    [10, ['1 {"n":1}', '3 {"n":2}', '11 {"n":3}']],
    [Infinity, ['0 {"n":1}', '0 {"n":2}', '0 {"n":3}']],
  ])('plays at speed %s [RP8]', async (speed, expected) => {
    const clock = new VirtualClock();
    const { client, player } = replayed(UPDATES, { speed, clock });
    const seen = watch(client, clock);
    void client.connect();
    await clock.until(player.finished);
    expect(seen).toEqual(expected);
    expect(player.position).toBe(110);
    expect(player.startedAt).toBe(1_767_225_600_000);
  });

  it('plays with the clock of the platform by default [RP8]', async () => {
    const { client, player } = replayed(UPDATES, { speed: 10 });
    await client.connect();
    const start = performance.now();
    expect(await player.finished).toEqual({ frames: 3, hidden: 0, unsent: 0 });
    expect(performance.now()).toBeGreaterThanOrEqual(start);
  });

  it('pauses, goes on and changes its speed [RP8]', async () => {
    const clock = new VirtualClock();
    const { client, player } = replayed(UPDATES, { speed: 1, clock });
    const seen = watch(client, clock);
    void client.connect();
    await clock.advance(20);
    player.pause();
    expect(player.isPaused).toBe(true);
    await clock.advance(1_000);
    expect(seen).toEqual(['10 {"n":1}']);
    player.speed = 2;
    player.resume();
    await clock.until(player.finished);
    expect(player.speed).toBe(2);
    expect(seen).toEqual(['10 {"n":1}', '1030 {"n":2}', '1070 {"n":3}']);
    expect(() => {
      player.speed = 0;
    }).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field: 'speed' }));
  });

  it('holds the frames back while the client is paused [RP8]', async () => {
    const clock = new VirtualClock();
    const { client, player } = replayed(UPDATES, { clock });
    const seen = watch(client, clock);
    client.on('connected', () => client.pause());
    void client.connect();
    await clock.advance(500);
    expect(seen).toEqual([]);
    client.resume();
    await clock.until(player.finished);
    expect(seen).toEqual(['500 {"n":1}', '500 {"n":2}', '500 {"n":3}']);
  });

  it('gives each answer to the request of the client, in place of the recorded one [RP9]', async () => {
    const source = recording(
      ...OPEN,
      [10, 1, 'out', text({ op: 'a', req_id: 'old-1' })],
      [11, 1, 'out', text({ op: 'b', apiKey: '***', req_id: 7 })],
      [20, 1, 'in', text({ req_id: 7, data: { req_id: 7, of: 'b' } })],
      [21, 1, 'in', text({ data: 'of a', req_id: 'old-1' })],
    );
    const { client, player } = replayed(source);
    await client.connect();
    const b = client.request({ op: 'b', apiKey: 'a real key' });
    const a = client.request({ op: 'a' });
    expect(await Promise.all([a, b])).toEqual(['of a', { req_id: 7, of: 'b' }]);
    expect(await player.finished).toEqual({ frames: 2, hidden: 0, unsent: 0 });
  });

  it('waits for the requests of the client, for a time [RP9]', async () => {
    const clock = new VirtualClock();
    const source = recording(
      ...OPEN,
      [10, 1, 'out', text({ op: 'late', req_id: 'old-1' })],
      [11, 1, 'in', text({ req_id: 'old-1', data: 1 })],
      [12, 1, 'out', text({ op: 'never', req_id: 'old-2' })],
      [13, 1, 'in', text({ req_id: 'old-2', data: 2 })],
      [14, 1, 'out', text({ op: 'ping', req_id: 'old-3' })],
      [15, 1, 'in', text({ n: 1 })],
    );
    const { client, player } = replayed(source, { clock, patience: 300, speed: 1 });
    const seen = watch(client, clock);
    await clock.until(client.connect());
    await clock.advance(200);
    const late = client.request({ op: 'late' });
    expect(await clock.until(late)).toBe(1);
    expect(await clock.until(player.finished)).toEqual({ frames: 3, hidden: 0, unsent: 2 });
    expect(seen).toEqual(['508 {"req_id":"old-2","data":2}', '510 {"n":1}']);
  });

  it('never waits with patience 0 [RP9]', async () => {
    const clock = new VirtualClock();
    const source = recording(...OPEN, [10, 1, 'out', text({ op: 'never' })], [11, 1, 'in', text({ n: 1 })]);
    const { client, player } = replayed(source, { clock, patience: 0, speed: 1 });
    const seen = watch(client, clock);
    void client.connect();
    expect(await clock.until(player.finished)).toEqual({ frames: 1, hidden: 0, unsent: 1 });
    expect(seen).toEqual(['11 {"n":1}']);
  });

  it('translates ids under the name that it is given, also in batches [RP9]', async () => {
    const source = recording(
      ...OPEN,
      [10, 1, 'out', text([{ op: 'a', nr: 'old-1', id: 'x' }])],
      [20, 1, 'in', text([{ nr: 'old-1', id: 'x' }])],
    );
    const player = new Player(source, { speed: Infinity, idField: 'nr', patience: 0 });
    const client = new WebSocketClient({ url: 'ws://recording' }, new GenericJsonHandler(), player.runtime);
    client.on('connected', () => void client.sendJson([{ op: 'a', nr: 'new-9', id: 'x' }]));
    const message = clientEvent(client, 'message');
    await client.connect();
    expect((await message)[0].text).toBe('[{"nr":"new-9","id":"x"}]');
    await client.close();
  });

  it('answers as the function says: a login, a request that was not recorded [RP10]', async () => {
    const source = recording(
      ...OPEN,
      [6, 1, 'out', { characters: 40 }],
      [7, 1, 'in', { characters: 30 }],
      [20, 1, 'in', text({ n: 1 })],
    );
    const asked: string[] = [];
    const { client, player } = replayed(source, {
      handler: new LoginHandler(),
      atEnd: 'stay',
      answer: (frame) => {
        const { op, req_id } = JSON.parse(String(frame));
        asked.push(op);
        if (op === 'auth') return '{"op":"auth","success":true}';
        return op === 'order' ? [JSON.stringify({ req_id, data: 'placed' })] : undefined;
      },
    });
    await client.connect();
    expect(await client.request({ op: 'order' })).toBe('placed');
    expect(await player.finished).toEqual({ frames: 1, hidden: 1, unsent: 0 });
    expect(asked).toEqual(['auth', 'order']);
  });

  it('ends with the error of an answer() that throws [RP10]', async () => {
    const { client, player } = replayed(recording(...OPEN), {
      atEnd: 'stay',
      speed: 1,
      answer: () => {
        throw new Error('no such answer');
      },
    });
    await client.connect();
    void client.send('{}');
    await expect(player.finished).rejects.toMatchObject({
      code: 'PROTOCOL_ERROR',
      message: expect.stringContaining('no such answer'),
    });
  });

  it('plays refused attempts, ends and reconnections [RP11]', async () => {
    const clock = new VirtualClock();
    const source = recording(
      [0, 1, 'connecting', CONNECTING],
      [5, 1, 'error', { message: 'Unexpected server response: 503', status: 503 }],
      [5, 1, 'close', LOST],
      [500, 2, 'connecting', CONNECTING],
      [520, 2, 'open'],
      [600, 2, 'in', text({ n: 1 })],
      [700, 2, 'close', { code: 4_001, reason: 'maintenance', wasClean: true }],
      [1_700, 3, 'connecting', CONNECTING],
      [1_720, 3, 'open'],
      [1_800, 3, 'in', text({ n: 2 })],
    );
    const { client, player } = replayed(source, { clock, speed: 1 });
    const seen = watch(client, clock);
    client.on('disconnected', ({ code, reason }) => seen.push(`${clock.now()} ${code} ${reason}`));
    client.on('reconnecting', ({ cause }) => {
      if ('status' in cause && cause.status) seen.push(`${clock.now()} status ${cause.status}`);
    });
    void client.connect();
    await clock.until(player.finished);
    expect(seen).toEqual([
      '5 status 503',
      '600 {"n":1}',
      '700 4001 maintenance',
      '1800 {"n":2}',
      '1800 1000 the recording has ended',
    ]);
  });

  it('plays an attempt again that the client gave up [RP11]', async () => {
    const clock = new VirtualClock();
    const source = recording([0, 1, 'connecting', CONNECTING], [4_000, 1, 'open'], [4_100, 1, 'in', text({ n: 1 })]);
    const { client, player } = replayed(source, { clock, speed: 1, config: { connectTimeout: 3_000 } });
    const seen = watch(client, clock);
    void client.connect();
    await clock.until(player.finished);
    expect(seen).toEqual(['4100 {"n":1}']);
  });

  it('shortens an outage that is longer than an attempt of the client may take [RP11]', async () => {
    const clock = new VirtualClock();
    const source = recording(
      ...OPEN,
      [10, 1, 'close', LOST],
      [60_000, 2, 'connecting', CONNECTING],
      [60_010, 2, 'open'],
      [60_020, 2, 'in', text({ n: 1 })],
    );
    const { client, player } = replayed(source, { clock, speed: 1 });
    const seen = watch(client, clock);
    void client.connect();
    await clock.until(player.finished);
    expect(seen).toEqual(['5020 {"n":1}']);
  });

  it('closes at the end, and a further attempt fails for good [RP12]', async () => {
    const { client, player } = replayed(UPDATES);
    const closed = clientEvent(client, 'disconnected');
    await client.connect();
    await player.finished;
    expect((await closed)[0]).toMatchObject({ code: 1_000, reason: 'the recording has ended' });
    expect(await client.closed).toMatchObject({ error: { code: 'CONNECTION_FAILED', retryable: false } });
  });

  it('stays open at the end with atEnd stay, and answers pings [RP12]', async () => {
    const clock = new VirtualClock();
    const { client, player } = replayed(UPDATES, { clock, atEnd: 'stay', config: { pingInterval: 1_000 } });
    void client.connect();
    await clock.until(player.finished);
    await clock.advance(60_000);
    expect(client.state).toBe('ready');
    expect(client.stats().roundTrip).toBeDefined();
    player.stop();
    expect(client.state).toBe('ready');
  });

  it('takes the close that the recorded client asked for as the end [RP12]', async () => {
    const end = [
      [200, 1, 'leave', { code: 1_000, reason: '' }],
      [201, 1, 'close', { code: 1_000, reason: '', wasClean: true }],
    ] as const;
    const { client, player } = replayed(recording(...OPEN, ...end), { atEnd: 'stay' });
    await client.connect();
    await player.finished;
    expect(client.state).toBe('ready');
    const next = recording(...OPEN, ...end, [300, 2, 'connecting', CONNECTING], [301, 2, 'open']);
    const other = replayed(next, { atEnd: 'stay' });
    await other.client.connect();
    await other.player.finished;
    expect(other.client.epoch).toBe(2);
  });

  it('can be stopped [RP12]', async () => {
    const { client, player } = replayed(UPDATES, { speed: 1 });
    await client.connect();
    const closed = clientEvent(client, 'disconnected');
    player.stop();
    expect(await player.finished).toEqual({ frames: 0, hidden: 0, unsent: 0 });
    expect((await closed)[0]).toMatchObject({ code: 1_000, reason: 'the replay was stopped' });
  });

  it.each([
    ['nothing', '', 'The recording is empty'],
    ['no header', '{"time":0}', 'Line 1 of the recording is not the header'],
    ['another version', '{"recording":"hpx-transport-ws","version":2}', 'The recording has version 2'],
    ['no JSON', `${HEADER}\n\n{"time":0,"secret`, 'Line 3 of the recording is not JSON'],
    ['no event', `${HEADER}\n{"secret":1}`, 'Line 2 of the recording is not an event'],
    ['a frame without content', recording([0, 1, 'in', { secret: 1 }]), 'Line 2 of the recording is not an event'],
    ['broken base64', recording([0, 1, 'in', { base64: '!secret' }]), 'Line 2 of the recording is not an event'],
    ['no text', [HEADER, 7 as never], 'Line 2 of the recording is not a text'],
  ])('fails for good at %s, and names the line without its content [RP13]', async (_, source, message) => {
    const { client, player } = replayed(source);
    const failed = await client.connect().catch((error: AnyTransportError) => error);
    const error = await player.finished.catch((cause: AnyTransportError) => cause);
    expect(error).toMatchObject({ code: 'PROTOCOL_ERROR', message: expect.stringContaining(message) });
    expect(failed).toMatchObject({ retryable: false, message: expect.stringContaining(message) });
    for (const shown of [error, failed]) expect(JSON.stringify([shown, String(shown)])).not.toContain('secret');
  });

  it('passes events of an unknown kind over [RP13]', async () => {
    const { client, player } = replayed(recording(...OPEN, [6, 1, 'thought', {}], [7, 1, 'in', text({ n: 1 })]));
    await client.connect();
    expect(await player.finished).toMatchObject({ frames: 1 });
  });

  it('passes empty lines over, and reads lines that end as in Windows [RP13]', async () => {
    const lines = `\n${UPDATES}\n  \n`.replaceAll('\n', '\r\n');
    for (const source of [lines, lines.split('\n')]) {
      const { client, player } = replayed(source);
      await client.connect();
      expect(await player.finished).toMatchObject({ frames: 3 });
    }
  });

  it('reads lines as they come, and fails with their source [RP13]', async () => {
    async function* lines() {
      for (const line of UPDATES.split('\n')) yield `${line}\n`;
      throw new Error('the disk is gone');
    }
    const { client, player } = replayed(lines());
    const seen: string[] = [];
    client.on('message', (message) => seen.push(message.text));
    await client.connect();
    await expect(player.finished).rejects.toMatchObject({
      message: 'The recording could not be read behind line 6: the disk is gone',
      cause: new Error('the disk is gone'),
    });
    expect(seen).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    function* sync() {
      yield HEADER;
      throw new Error('the list is gone');
    }
    const other = replayed(sync());
    await expect(other.client.connect()).rejects.toMatchObject({ retryable: false });
    await expect(other.player.finished).rejects.toThrow('behind line 1: the list is gone');
  });

  it.each([
    ['stop()', UPDATES, (player: Player) => player.stop()],
    ['a line that cannot be read', `${recording(...OPEN)}\nno event\n${UPDATES}`, () => {}],
  ])('lets go of its source at %s, so that a file is closed [RP14]', async (_, source, act) => {
    const closed = deferred();
    async function* lines() {
      try {
        yield* source.split('\n');
      } finally {
        closed.resolve();
      }
    }
    const { client, player } = replayed(lines(), { speed: 1 });
    await client.connect();
    act(player);
    await outcomeOf(player.finished);
    await closed.promise;
  });

  it.each<[string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('cannot be closed');
      },
    ],
    ['rejects', (() => Promise.reject(new Error('cannot be closed'))) as () => never],
  ])('is not harmed by a source that %s when it is let go of [RP14]', async (_, close) => {
    const lines = UPDATES.split('\n')[Symbol.iterator]();
    const source = { next: () => lines.next(), return: close };
    const { client, player } = replayed({ [Symbol.iterator]: () => source });
    await client.connect();
    expect(await player.finished).toMatchObject({ frames: 3 });
  });

  it('refuses wrong arguments with a ConfigError [RP13]', () => {
    const wrong: [string, () => unknown][] = [
      ['source', () => new Player(7 as never)],
      ['source', () => new Player(null as never)],
      ['options', () => new Player('', null as never)],
      ['speed', () => new Player('', { speed: 0 })],
      ['clock', () => new Player('', { clock: {} as never })],
      ['atEnd', () => new Player('', { atEnd: 'loop' as never })],
      ['patience', () => new Player('', { patience: -1 })],
      ['idField', () => new Player('', { idField: '' })],
      ['answer', () => new Player('', { answer: 'yes' as never })],
      ['loop', () => new Player('', { loop: true } as never)],
    ];
    for (const [field, act] of wrong) expect(act).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field }));
  });
});
