import { type Channel, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { barrier, channelEvent, clientEvent, connectClient, dropping, serve } from '../support/live.js';
import { ownSockets } from '../support/own-sockets.js';
import { connectedWorld, virtualWorld } from '../support/virtual-world.js';

/** A world in which a topic was just given up, 10 ms away from the server. */
async function givenUp(handler = new GenericJsonHandler()) {
  const world = virtualWorld({ handler, network: { latency: 10 } });
  await world.connect();
  const subscribing = world.client.subscribe('a');
  await world.clock.advance(30);
  void (await subscribing).unsubscribe();
  await world.clock.advance(1);
  return world;
}

describe('a gap', () => {
  it('is reported for updates lost before the confirmation, with the next update [CH19, S5, S7]', async () => {
    const server = await serve();
    const stop = server.respondTo('"op":"subscribe"', [
      { topic: 'a', data: 1 },
      { topic: 'a', data: 2 },
    ]);
    const client = await connectClient(server);
    const subscribing = client.subscribe('a');
    await barrier(client); // the updates are here, the confirmation will never come
    stop();
    server.dropAll();
    const channel = await subscribing;
    const told: unknown[] = [];
    channel.on('message', (data, { epoch, gap }) => told.push([data, epoch, gap?.cause]));
    channel.on('gap', ({ cause }) => told.push(cause));
    await barrier(client);
    server.publish('a', 4);
    await barrier(client);
    expect(told).toEqual([[1, 1, undefined], [2, 1, undefined], 'disconnect', [4, 2, 'disconnect']]);
  });

  it('comes after the current update for other channels when a listener calls reconnect() [CH19, S5]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const [first, second] = await Promise.all([client.subscribe('a'), client.subscribe('a')]);
    const told: unknown[] = [];
    first.once('message', () => client.reconnect());
    second.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    second.on('gap', ({ epoch }) => told.push(`gap ${epoch}`));
    const resumed = channelEvent(second, 'resumed');
    server.publish('a', 1);
    await resumed;
    server.publish('a', 2);
    await barrier(client);
    expect(told).toEqual([[1, undefined], 'gap 2', [2, 'disconnect']]);
  });

  it('comes after the current update of another topic when a listener calls reconnect() [CH19, S5]', async () => {
    const handler = Object.assign(new GenericJsonHandler(), {
      extractTopic: (message: Message) => String(message.field('topic')).split('+'),
    });
    const server = await serve();
    const client = await connectClient(server, { handler });
    const [first, second] = await Promise.all([client.subscribe('a'), client.subscribe('b')]);
    const told: unknown[] = [];
    first.once('message', () => client.reconnect());
    second.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    second.on('gap', ({ epoch }) => told.push(`gap ${epoch}`));
    const resumed = channelEvent(second, 'resumed');
    server.broadcast({ topic: 'a+b', data: 1 });
    await resumed;
    server.publish('b', 2);
    await barrier(client);
    expect(told).toEqual([[1, undefined], 'gap 2', [2, 'disconnect']]);
  });

  it('is not made up where the handler calls reconnect() inside extractSequence() [CH19, S5]', async () => {
    class Hasty extends GenericJsonHandler {
      isHasty = false;
      override extractSequence(message: Message) {
        if (this.isHasty) client.reconnect();
        this.isHasty = false;
        const current = message.field('n');
        return typeof current === 'number' ? { current, previous: current - 1 } : undefined;
      }
    }
    const server = await serve();
    const handler = new Hasty();
    const client = await connectClient(server, { handler });
    const channel = await client.subscribe('a');
    const told: unknown[] = [];
    channel.on('message', (_, { sequence, gap }) => told.push([sequence, gap?.cause]));
    channel.on('gap', ({ epoch, cause }) => told.push(`${cause} ${epoch}`));
    handler.isHasty = true;
    const resumed = channelEvent(channel, 'resumed');
    server.broadcast({ topic: 'a', data: 1, n: 7 });
    await resumed;
    server.broadcast({ topic: 'a', data: 2, n: 1 });
    await barrier(client);
    expect(told).toEqual([[7, undefined], 'disconnect 2', [1, 'disconnect']]);
  });

  it.each(['extractTopic', 'extractSequence'] as const)(
    'of skipped updates is told where the handler calls reconnect() inside %s() [CH19, S5]',
    async (hook) => {
      const handler = Object.assign(new GenericJsonHandler(), {
        extractSequence: (message: Message) => {
          const current = message.field('n') as number;
          return { current, previous: current - 1 };
        },
      });
      const server = await serve();
      const client = await connectClient(server, { handler });
      const channel = await client.subscribe('a');
      const told: unknown[] = [];
      channel.on('message', (_, { sequence, gap }) => told.push([sequence, gap?.cause]));
      server.broadcast({ topic: 'a', data: 1, n: 1 });
      await barrier(client);
      const own = handler[hook].bind(handler);
      const hasty = (message: Message) => {
        Object.assign(handler, { [hook]: own });
        client.reconnect();
        return own(message);
      };
      Object.assign(handler, { [hook]: hasty });
      const resumed = channelEvent(channel, 'resumed');
      server.broadcast({ topic: 'a', data: 3, n: 3 });
      await resumed;
      server.broadcast({ topic: 'a', data: 4, n: 4 });
      await barrier(client);
      expect(told).toEqual([
        [1, undefined],
        [3, 'sequence'],
        [4, 'disconnect'],
      ]);
    },
  );

  it('stays due for other channels when a listener calls reconnect() during the update after it [CH19, S5]', async () => {
    const server = await serve();
    // No confirmation will come: the connection is left at once.
    const client = await connectClient(server, { config: { leaveTimeout: 0 } });
    const [first, second] = await Promise.all([client.subscribe('a'), client.subscribe('a')]);
    const told: unknown[] = [];
    second.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    // The update comes instead of the confirmation, and the listener in front ends this connection, too.
    const stop = server.respondTo('"op":"subscribe"', { topic: 'a', data: 1 });
    first.once('message', () => {
      stop();
      client.reconnect();
    });
    const resumed = channelEvent(second, 'resumed');
    server.dropAll();
    await resumed;
    server.publish('a', 2);
    await barrier(client);
    expect(told).toEqual([
      [1, 'disconnect'],
      [2, 'disconnect'],
    ]);
  });

  it('is reported for a resubscription that is repeated without a confirmation [CH19, S5]', async () => {
    const clock = new VirtualClock();
    const server = await serve();
    const client = await connectClient(server, { config: { requestTimeout: 1_000 }, runtime: { clock } });
    const channel = await client.subscribe('a');
    const told: unknown[] = [];
    channel.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    const stop = server.respondTo('"op":"subscribe"', { topic: 'a', data: 1 });
    server.dropAll();
    await clientEvent(client, 'reconnecting');
    const first = channelEvent(channel, 'message');
    const back = clientEvent(client, 'ready');
    await clock.advance(4);
    await Promise.all([back, first]);
    stop();
    const resumed = channelEvent(channel, 'resumed');
    await clock.advance(1_000);
    await resumed;
    server.publish('a', 2);
    await barrier(client);
    expect(told).toEqual([
      [1, 'disconnect'],
      [2, 'resync'],
    ]);
  });

  it('is between the updates of a topic that was given up and of one that takes its place, before the server knows [CH19, S5]', async () => {
    const { client, clock, server } = await givenUp();
    const again = client.subscribe('a');
    await clock.advance(1);
    server.publish('a', 1);
    await clock.advance(7);
    // The server has read neither frame. From the next millisecond on it sends nothing, until it has read the second one.
    server.publish('a', 2);
    await clock.advance(30);
    const told: unknown[] = [];
    (await again).on('message', (data, { gap }) => told.push([data, gap?.cause]));
    server.publish('a', 4);
    await clock.advance(10);
    expect(told).toEqual([
      [1, undefined],
      [2, undefined],
      [4, 'resync'],
    ]);
  });

  it('is there, too, where the frame of the new subscription leaves later and ends have no answer [CH19, S5]', async () => {
    class Handler extends GenericJsonHandler {
      override limits = { frames: { count: 2, window: 1_000, margin: 0 } };
    }
    const { client, clock, server } = await givenUp(new Handler());
    server.onSend = ({ op }, send) => {
      if (op !== 'unsubscribe') send();
    };
    const again = client.subscribe('a');
    server.publish('a', 1);
    await clock.advance(2_000);
    const told: unknown[] = [];
    (await again).on('message', (data, { gap }) => told.push([data, gap?.cause]));
    server.publish('a', 4);
    await clock.advance(10);
    expect(told).toEqual([
      [1, undefined],
      [4, 'resync'],
    ]);
  });

  it('is not made up for a new subscription that begins before its confirmation [CH19]', async () => {
    const { client, clock, server } = await givenUp();
    server.onSend = ({ op }, send) => {
      if (op === 'subscribe') server.publish('a', 1);
      send();
    };
    const again = client.subscribe('a');
    await clock.advance(30);
    const told: unknown[] = [];
    (await again).on('message', (data, { gap }) => told.push([data, gap?.cause]));
    await clock.advance(10);
    expect(told).toEqual([[1, undefined]]);
  });

  it('comes before an update that is faster than the confirmation [S5, CH19]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const events: string[] = [];
    channel.on('gap', () => events.push('gap'));
    channel.on('resumed', () => events.push('resumed'));
    channel.on('message', (data, { gap }) => events.push(`${data}${gap ? ' after gap' : ''}`));
    server.respondTo('"op":"subscribe"', (text) => [
      { topic: 'a', data: 1 },
      { topic: 'a', data: 2 },
      { op: 'subscribe', req_id: JSON.parse(text).req_id, success: true },
      { topic: 'a', data: 3 },
    ]);
    server.dropAll();
    await channelEvent(channel, 'resumed');
    await barrier(client);
    expect(events).toEqual(['gap', '1 after gap', '2', 'resumed', '3']);
  });

  it('is carried by the next update with all gaps that were told since the last one [CH19, CH33]', async () => {
    const { clock, drop, publish, subscribe } = await connectedWorld();
    const channel = await subscribe('a');
    const told: { since: number; until: number; cause: string }[] = [];
    channel.on('gap', ({ since, until, cause }) => told.push({ since, until, cause }));
    const carried: unknown[] = [];
    channel.on('message', (_data, { gap }) => carried.push(gap));
    await publish('a', 1);
    await drop();
    await clock.advance(5_000);
    await drop();
    await clock.advance(10_000);
    void channel.resync();
    await clock.advance(1_000);
    await publish('a', 2);
    await publish('a', 3);
    expect(told.map(({ cause }) => cause)).toEqual(['disconnect', 'disconnect', 'resync']);
    const all = { since: told[0]?.since, until: told[2]?.until, cause: 'disconnect', epoch: 3 };
    expect(carried).toEqual([undefined, all, undefined]);
  });

  it('covers two drops before the confirmation, since the first [S4, S5, CH19]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const gaps: { since: number; epoch: number }[] = [];
    channel.on('gap', (gap) => gaps.push(gap));
    server.respondTo('"op":"subscribe"', dropping, { once: true });
    const lost = clientEvent(client, 'disconnected').then(() => Date.now());
    server.dropAll();
    const lostAt = await lost;
    await channelEvent(channel, 'resumed');
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.epoch).toBe(3);
    expect(gaps[0]?.since).toBeLessThanOrEqual(lostAt);
  });

  it('of a resync that nobody confirms comes before the first update after it, although its end has to wait [CH19, CH28, S5]', async () => {
    class PacedHandler extends GenericJsonHandler {
      override readonly limits = { subscriptionFrames: { count: 3, window: 60_000 } };
    }
    const world = await connectedWorld({ handler: new PacedHandler(), config: { requestTimeout: 1_000 } });
    const { client, clock, publish, server, subscribe } = world;
    const channel = await subscribe('a');
    const told: unknown[] = [];
    channel.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    channel.on('gap', ({ cause, since, until }) => told.push(`${cause} ${until >= since}`));
    await publish('a', 1);
    server.onSend = ({ op }, send) => {
      if (op !== 'subscribe') send();
    };
    client.resync('a').catch(() => {});
    await clock.advance(2_000);
    expect(client.lastWarning?.code).toBe('subscription-unconfirmed');
    await publish('a', 2);
    await publish('a', 3);
    server.onSend = (_frame, send) => send();
    await clock.advance(130_000);
    await publish('a', 4);
    expect(told).toEqual([[1, undefined], 'resync true', [2, 'resync'], [3, undefined], 'resync true', [4, 'resync']]);
  });

  it('of an unfinished resync comes before the first update of the next connection, confirmed or not [CH19, CH28, S5]', async () => {
    /** One subscription frame per connection and minute: what the server did not confirm is asked again late. */
    class PacedHandler extends GenericJsonHandler {
      override readonly limits = { subscriptionFrames: { count: 1, window: 60_000 } };
    }
    const world = await connectedWorld({ handler: new PacedHandler(), config: { requestTimeout: 1_000 } });
    const { client, clock, publish, server, subscribe } = world;
    const channel = await subscribe('a');
    const told: unknown[] = [];
    channel.on('message', (data, { gap }) => told.push([data, gap?.cause]));
    channel.on('gap', ({ cause, epoch }) => told.push(`${cause} ${epoch}`));
    channel.on('resumed', (epoch) => told.push(`resumed ${epoch}`));
    await publish('a', 1);
    client.resync('a').catch(() => {});
    server.onSend = ({ op }, send) => {
      if (op !== 'subscribe') send();
    };
    server.drop();
    await clock.advance(3_000);
    expect(client.lastWarning?.code).toBe('subscription-unconfirmed');
    server.onSend = (_frame, send) => send();
    await publish('a', 2);
    await publish('a', 3);
    await clock.advance(130_000);
    await publish('a', 4);
    expect(told).toEqual([
      [1, undefined],
      'resync 2',
      [2, 'resync'],
      [3, undefined],
      'resync 2',
      'resumed 2',
      [4, 'resync'],
    ]);
  });

  it('is reported for a skipped sequence number but not for a snapshot [HN27, CH2, CH19, CH20]', async () => {
    class SequencedHandler extends GenericJsonHandler<{ book: { u: number; pu?: number; snap?: boolean } }> {
      override extractSequence(message: Message) {
        const { u, pu, snap } = this.extractData(message) as { u: number; pu?: number; snap?: boolean };
        return { current: u, ...(pu !== undefined && { previous: pu }), ...(snap !== undefined && { snapshot: snap }) };
      }
    }
    const server = await serve();
    const client = await connectClient<{ book: { u: number } }>(server, { handler: new SequencedHandler() as never });
    const book = await client.subscribe('book');
    const events: unknown[] = [];
    book.on('gap', ({ cause, since, until }) => events.push([cause, since <= until]));
    book.on('message', (_data, { sequence, snapshot, gap }) => events.push([sequence, snapshot, gap?.cause]));
    for (const data of [
      { u: 1, pu: 0 },
      { u: 2, pu: 1 },
      { u: 5, pu: 4 },
      { u: 6, pu: 5 },
      { u: 10, pu: 9, snap: true },
      { u: 11, pu: 10 },
    ]) {
      server.publish('book', data);
    }
    await barrier(client);
    expect(events).toEqual([
      [1, undefined, undefined],
      [2, undefined, undefined],
      ['sequence', true],
      [5, undefined, 'sequence'],
      [6, undefined, undefined],
      [10, true, undefined],
      [11, undefined, undefined],
    ]);
  });

  it('has the times and the cause of its own topic, also where others differ from it in one of them [CH20]', async () => {
    class NumberedHandler extends GenericJsonHandler {
      override extractSequence(message: Message) {
        const { n } = message.json as { n?: number };
        return n === undefined ? undefined : { current: n, previous: n - 1 };
      }
    }
    const { clock, peer, subscribe } = await connectedWorld({ handler: new NumberedHandler() });
    const gaps: string[] = [];
    let start = 0;
    const channels: Channel[] = [];
    for (const topic of ['a', 'b', 'c', 'd']) {
      const channel = await subscribe(topic);
      channel.on('message', () => {});
      channel.on('gap', ({ since, until, cause }) =>
        gaps.push(`${topic} ${since - start} to ${until - start} ${cause}`),
      );
      channels.push(channel);
    }
    start = Date.UTC(2024, 0, 1) + clock.now();
    /** Updates of topics leave the server now, and are here in a millisecond. */
    const update = (n: number, ...topics: string[]) => {
      for (const topic of topics) peer.sendJson({ topic, n, data: n });
    };
    update(1, 'a', 'c');
    await clock.advance(10);
    update(1, 'b');
    await clock.advance(10);
    update(5, 'b', 'a');
    await clock.advance(10);
    update(5, 'c');
    await clock.advance(10);
    update(6, 'c');
    await clock.advance(1);
    void channels[3]?.resync();
    await clock.advance(1);
    update(9, 'c');
    await clock.advance(10);
    expect(gaps).toEqual([
      // The same end, and another beginning.
      'b 11 to 21 sequence',
      'a 1 to 21 sequence',
      // The same beginning, and another end.
      'c 1 to 31 sequence',
      // The same beginning and the same end, and another cause.
      'd 41 to 43 resync',
      'c 41 to 43 sequence',
    ]);
  });
});

describe('the time of a gap after a link that died long before anybody noticed', () => {
  type World = Awaited<ReturnType<typeof connectedWorld>>;
  /** A socket that cannot ping, on which only `idleTimeout` notices silence. */
  const unprobed = { useWebsocketPing: false, idleTimeout: 30_000 };

  it.each([
    { noticed: 'by the heartbeat', config: {}, notice: () => {} },
    { noticed: 'by idleTimeout', config: unprobed, notice: () => {} },
    { noticed: 'by the application', config: {}, notice: ({ client }: World) => client.reconnect() },
    {
      noticed: 'by the application, which waits for answers in flight',
      config: {},
      notice: ({ client }: World) => {
        client.request({ op: 'order' }).catch(() => {});
        client.reconnect();
      },
    },
  ])('begins when something last came in: noticed $noticed [CH20, F2]', async ({ config, notice }) => {
    const world = await connectedWorld({ config });
    const { client, clock, peer, publish, server, subscribe } = world;
    const channel = await subscribe('a');
    const gaps: { since: number; until: number }[] = [];
    channel.on('gap', ({ since, until }) => gaps.push({ since, until }));
    await clock.advance(7_300);
    await publish('a', 1);
    const heardAt = clock.wallTime();
    peer.stall();
    await clock.advance(1_000);
    server.publish('a', 'lost');
    await clock.advance(20_000);
    notice(world);
    await clock.advance(25_000);
    expect([client.epoch, gaps]).toEqual([2, [{ since: heardAt, until: expect.any(Number) }]]);
    expect(gaps[0]?.until).toBeGreaterThan(heardAt + 20_000);
  });

  it('begins before what a paused client did not read [CH20, CL23]', async () => {
    const { client, clock, publish, server, subscribe } = await connectedWorld();
    const channel = await subscribe('a');
    const heard: unknown[] = [];
    channel.on('message', (data, { gap }) => heard.push([data, gap?.since]));
    await publish('a', 1);
    const heardAt = clock.wallTime();
    client.pause();
    await clock.advance(10_000);
    server.publish('a', 'not read');
    await clock.advance(10_000);
    client.reconnect();
    client.resume();
    await clock.advance(5_000);
    await publish('a', 2);
    expect(heard).toEqual([
      [1, undefined],
      [2, heardAt],
    ]);
  });
});

describe('the time of a gap after a socket that ended by itself', () => {
  class CountingHandler extends GenericJsonHandler {
    #last = 0;
    override generateRequestId(): number {
      return ++this.#last;
    }
  }

  it.each([
    { how: 'after an error', failure: { cause: new Error('ETIMEDOUT') }, late: 0 },
    { how: 'after a bare error', failure: { cause: undefined }, late: 0 },
    { how: 'after no error', failure: undefined, late: 20_000 },
  ])('begins when something last came in, or with an end in order: $how [CH20]', async ({ failure, late }) => {
    const { client, clock, connect, nth } = ownSockets({ handler: new CountingHandler() });
    await connect();
    const subscribing = client.subscribe('a');
    await clock.advance(5);
    nth(0).events.onMessage('{"req_id":1,"success":true}');
    const heardAt = clock.wallTime();
    const channel = await subscribing;
    const gaps: number[] = [];
    channel.on('gap', ({ since }) => gaps.push(since));
    await clock.advance(20_000);
    if (failure) nth(0).events.onError(failure);
    nth(0).events.onClose({ code: 1_006, reason: '', wasClean: false });
    await clock.advance(1_000);
    nth(1).events.onMessage('{"req_id":2,"success":true}');
    await clock.advance(5);
    expect(gaps).toEqual([heardAt + late]);
  });
});
