import {
  type Channel,
  type Frame,
  GenericJsonHandler,
  type Message,
  type Signal,
  type SubscriptionContext,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  createClient,
  framesOf,
  serve,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { connectedWorld, eventsOf, outcome } from '../support/virtual-world.js';

const signalIn = (message: Message) => (message.json as { signal?: Signal } | undefined)?.signal;

class SignalHandler extends GenericJsonHandler {
  override extractSignal(message: Message) {
    return signalIn(message);
  }
}

describe('a signal', () => {
  it('is heeded in an update that reaches a channel, after the update [HN31]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const channel = await client.subscribe('a');
    const got: unknown[] = [];
    channel.on('message', (data) => got.push(data));
    const closed = channelEvent(channel, 'close');
    server.broadcast({ topic: 'a', data: 'last', signal: { type: 'completed', topics: ['a'] } });
    expect((await closed)[0]).toEqual({ code: 1000, reason: 'completed' });
    expect(got).toEqual(['last']);
  });

  it('completed ends a stream: what waits can be read, there is no error, and nothing is sent [HN32]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const channel = await client.subscribe('a');
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    const got: unknown[] = [];
    const loop = (async () => {
      for await (const data of channel) got.push(data);
    })();
    server.publish('a', 'row');
    server.broadcast({ signal: { type: 'completed', topics: ['a'] } });
    await loop;
    expect([got, errors, channel.closed]).toEqual([['row'], [], true]);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['subscribe']);
    await client.subscribe('a');
    expect(server.subscriptions).toEqual(new Set(['a']));
  });

  it('completed ends a stream also where code that saw its frame has replaced the connection [HN32]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const channel = await client.subscribe('a');
    const got = collect(channel);
    client.trace((entry) => {
      if (entry.type === 'frame' && entry.text.includes('"last"')) client.reconnect('seen', { leaveTimeout: 0 });
    });
    const closed = channelEvent(channel, 'close');
    server.broadcast({ topic: 'a', data: 'last', signal: { type: 'completed', topics: ['a'] } });
    expect((await closed)[0]).toEqual({ code: 1000, reason: 'completed' });
    expect(await got.until(1)).toEqual(['last']);
  });

  it('completed ends a stream before its confirmation, and others whatever else it names [HN32, CL50]', async () => {
    const { client, clock, errors, peer, server, states, subscribe } = await connectedWorld({
      handler: new SignalHandler(),
    });
    const other = await subscribe('b');
    server.onSend = () => {};
    const subscribing = client.subscribe('a');
    await clock.advance(5);
    peer.send('{"signal":{"type":"completed","topics":["never-asked-for","a","b"]}}');
    await clock.advance(5);
    expect(await outcome(subscribing)).toMatchObject({ topic: 'a', closed: true });
    expect([other.closed, errors]).toEqual([true, []]);
    // No answer is outstanding any more.
    client.reconnect('maintenance', { leaveTimeout: 10_000 });
    await clock.advance(5);
    expect(states).toContain('reconnecting');
  });

  it('completed leaves a call alone that came after the end of its connection [HN32]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const channel = await client.subscribe('a');
    const later: Promise<Channel>[] = [];
    client.trace((entry) => {
      if (entry.type !== 'frame' || !entry.text.includes('"last"') || later.length > 0) return;
      client.reconnect('seen', { leaveTimeout: 0 });
      later.push(client.subscribe('a'));
    });
    const closed = channelEvent(channel, 'close');
    server.broadcast({ topic: 'a', data: 'last', signal: { type: 'completed', topics: ['a'] } });
    await closed;
    const [again] = await Promise.all(later);
    expect([again?.closed, client.epoch]).toEqual([false, 2]);
  });

  it('reconnect with a delay makes the next attempt come later by that time [HN20, HN33]', async () => {
    const { client, clock, peer } = await connectedWorld({ handler: new SignalHandler() });
    const delays: number[] = [];
    client.on('reconnecting', ({ delay }) => delays.push(delay));
    peer.send('{"signal":{"type":"reconnect","delay":60000}}');
    await clock.advance(10);
    expect(delays).toHaveLength(1);
    expect(delays[0]).toBeGreaterThanOrEqual(60_000);
    expect(delays[0]).toBeLessThanOrEqual(60_500);
  });

  it('authenticate asks once, however often it comes while the answer is open [HN21]', async () => {
    class Handler extends LoginHandler {
      override extractSignal(message: Message) {
        return signalIn(message);
      }
    }
    const server = await serve({ authentication: { success: { op: 'auth', success: true } } });
    const client = await connectClient(server, { handler: new Handler() });
    const again = clientEvent(client, 'authenticated');
    for (let count = 0; count < 5; count++) server.broadcast({ signal: { type: 'authenticate' } });
    await again;
    await barrier(client);
    const logins = framesOf(server).filter(({ op }) => op === 'auth').length;
    expect(logins).toBeGreaterThanOrEqual(2);
    expect(client.epoch).toBe(1);
  });
});

describe('the signal resumed', () => {
  class Resuming extends SignalHandler {
    greetings = 0;
    override onConnect() {
      this.greetings++;
      return JSON.stringify({ op: 'hello', n: this.greetings });
    }
  }

  it('in a login answer means no gap, and nothing is asked anew [HN35]', async () => {
    class Handler extends LoginHandler {
      override extractSignal(message: Message) {
        return signalIn(message);
      }
    }
    const server = await serve({
      authentication: { success: { op: 'auth', success: true, signal: { type: 'resumed', topics: ['a', 'gone'] } } },
    });
    const client = createClient(server, { handler: new Handler() });
    await client.connect();
    await client.subscribe('b');
    const channel = await client.subscribe('a');
    const got = collect(channel);
    const events = eventsOf(channel);
    const resumed = channelEvent(channel, 'resumed');
    server.dropAll();
    expect(await resumed).toEqual([2]);
    await barrier(client);
    server.broadcast({ topic: 'a', data: 1 });
    expect(await got.until(1)).toEqual([1]);
    expect(events).toEqual(['resumed']);
    const asked = framesOf(server).filter(({ op }) => /subscribe/.test(String(op)));
    expect(asked.slice(-2).map(({ op, args }) => [op, args])).toEqual([
      ['subscribe', ['b']],
      ['unsubscribe', ['gone']],
    ]);
  });

  it('ends topics that were given up offline in frames of their groups, unless groupKey closes the client [HN35, HN42]', async () => {
    class Grouping extends SignalHandler {
      onGroup = () => {};
      override groupKey(topic: string) {
        this.onGroup();
        return topic.split('.')[0];
      }
    }
    const handler = new Grouping();
    const world = await connectedWorld({ handler });
    const resume = async () => {
      world.peer.send('{"signal":{"type":"resumed","topics":["books.A","trades.A","books.B"]}}');
      await world.clock.advance(10);
    };
    world.sent.length = 0;
    await resume();
    expect(world.sent.map(({ op, args }) => [op, args])).toEqual([
      ['unsubscribe', ['books.A', 'books.B']],
      ['unsubscribe', ['trades.A']],
    ]);
    handler.onGroup = () => void world.client.close();
    world.sent.length = 0;
    await resume();
    expect(world.client.state).toBe('closed');
    expect(world.sent).toEqual([]);
  });

  it('after ready stops the frames that are not written, and the gaps that are not told [HN35]', async () => {
    class Paced extends Resuming {
      override readonly limits = { topicsPerFrame: 1, subscriptionFrames: { count: 1, window: 1_000 } };
    }
    const world = await connectedWorld({ handler: new Paced() });
    const { client, clock, sent } = world;
    const subscribing = client.subscribeMany(['a', 'b', 'c']);
    await clock.advance(10_000);
    const [a, b, c] = await subscribing;
    if (!a || !b || !c) throw new Error('three channels');
    const events = [a, b, c].map(eventsOf);
    sent.length = 0;
    await world.drop();
    await clock.advance(700);
    world.peer.send('{"signal":{"type":"resumed","topics":["a","b","c"]}}');
    await clock.advance(10_000);
    const asked = sent.filter(({ op }) => op === 'subscribe');
    expect(asked).toHaveLength(1);
    expect(events.slice(1)).toEqual([['resumed'], ['resumed']]);
  });

  it('confirms no call whose frame is on its way [HN35, CH10]', async () => {
    const world = await connectedWorld({ handler: new SignalHandler() });
    world.server.onSend = () => {};
    const subscribing = world.client.subscribe('a', { timeout: 1_000 });
    await world.clock.advance(5);
    world.peer.send('{"signal":{"type":"resumed","topics":["a"]}}');
    await world.clock.advance(5);
    expect(await outcome(subscribing)).toBe('open');
    await world.clock.advance(1_000);
    expect(await outcome(subscribing)).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
  });

  it('asks anew for a topic whose params changed while offline [HN35, S3]', async () => {
    class Handler extends LoginHandler {
      override extractSignal(message: Message) {
        return signalIn(message);
      }
    }
    const server = await serve({
      authentication: { success: { op: 'auth', success: true, signal: { type: 'resumed', topics: ['book'] } } },
    });
    const client = createClient(server, { handler: new Handler() });
    await client.connect();
    const channel = await client.subscribe('book', { params: { depth: 1 } });
    const lost = clientEvent(client, 'disconnected');
    server.dropAll();
    await lost;
    void channel.unsubscribe();
    await client.subscribe('book', { params: { depth: 50 } });
    const asked = framesOf(server).filter(({ op }) => /subscribe/.test(String(op)));
    expect(asked.slice(-3).map(({ op, args }) => [op, args])).toEqual([
      ['subscribe', [{ depth: 1, topic: 'book' }]],
      ['unsubscribe', [{ depth: 1, topic: 'book' }]],
      ['subscribe', [{ depth: 50, topic: 'book' }]],
    ]);
  });

  it('forgives the gap of the outage, and not that of a resync before it [HN35, CH28, S5]', async () => {
    const world = await connectedWorld({ handler: new Resuming() });
    const channels = [await world.subscribe('a'), await world.subscribe('b')];
    const gaps: string[] = [];
    for (const channel of channels) channel.on('gap', ({ cause }) => gaps.push(`${channel.topic} ${cause}`));
    world.server.onSend = () => {};
    void channels[0]?.resync();
    await world.clock.advance(5);
    await world.drop();
    await world.clock.advance(700);
    world.peer.send('{"signal":{"type":"resumed","topics":["a","b"]}}');
    await world.clock.advance(5);
    for (const topic of ['a', 'b']) world.peer.sendJson({ topic, data: 1 });
    await world.clock.advance(5);
    expect(gaps).toEqual(['a resync']);
  });

  it.each([false, true])(
    'brings no topic back that a frame on its way ends (still unwritten: %s) [HN35, S2, S3]',
    async (isUnwritten) => {
      let sign = () => {};
      const signed = new Promise<void>((resolve) => {
        sign = resolve;
      });
      class Signing extends SignalHandler {
        override prepareFrame(frame: Frame): Frame | Promise<Frame> {
          const isSigned = isUnwritten && String(frame).includes('"unsubscribe"');
          return isSigned ? signed.then(() => frame) : frame;
        }
      }
      const world = await connectedWorld({ handler: new Signing() });
      const { client, clock, peer, sent } = world;
      const subscribing = client.subscribe('a');
      await clock.advance(10);
      const channel = await subscribing;
      sent.length = 0;
      void channel.unsubscribe();
      peer.send('{"signal":{"type":"resumed","topics":["a"]}}');
      await clock.advance(10);
      const again = client.subscribe('a');
      await clock.advance(10);
      sign();
      await clock.advance(100);
      expect((await again).closed).toBe(false);
      expect(sent.map(({ op, args }) => [op, args])).toEqual([
        ['unsubscribe', ['a']],
        ['subscribe', ['a']],
      ]);
    },
  );

  it('lets the numbers of the updates go on: what was skipped meanwhile is a gap [HN27, HN35]', async () => {
    class Numbered extends SignalHandler {
      override extractSequence(message: Message) {
        const { n } = message.json as { n?: number };
        return n === undefined ? undefined : { current: n, previous: n - 1 };
      }
    }
    const server = await serve();
    server.onConnection((connection) => {
      if (connection.index > 0) connection.send({ signal: { type: 'resumed', topics: ['a', 'b'] } });
    });
    const client = await connectClient(server, { handler: new Numbered() });
    const [a, b] = await client.subscribeMany(['a', 'b']);
    if (!a || !b) throw new Error('two channels');
    const causes: string[] = [];
    for (const channel of [a, b]) channel.on('gap', ({ cause }) => causes.push(`${channel.topic} ${cause}`));
    const got = collect(b);
    for (const topic of ['a', 'b']) server.broadcast({ topic, n: 1, data: 1 });
    await got.until(1);
    server.dropAll();
    await clientEvent(client, 'reconnected');
    await barrier(client);
    server.broadcast({ topic: 'a', n: 2, data: 2 });
    server.broadcast({ topic: 'b', n: 3, data: 3 });
    await got.until(2);
    expect(causes).toEqual(['b sequence']);
  });

  it('counts from the connection that was resumed, not from one before it [HN27, HN35]', async () => {
    class Numbered extends SignalHandler {
      override extractSequence(message: Message) {
        const { n } = message.json as { n?: number };
        return n === undefined ? undefined : { current: n, previous: n - 1 };
      }
    }
    const server = await serve();
    server.onConnection((connection) => {
      if (connection.index === 2) connection.send({ signal: { type: 'resumed', topics: ['a'] } });
    });
    const client = await connectClient(server, { handler: new Numbered() });
    const channel = await client.subscribe('a');
    const got = collect(channel);
    server.broadcast({ topic: 'a', n: 9, data: 9 });
    await got.until(1);
    // The second connection asks anew, and counts anew; nothing comes on it.
    server.dropAll();
    await channelEvent(channel, 'resumed');
    const causes: string[] = [];
    channel.on('gap', ({ cause }) => causes.push(cause));
    server.dropAll();
    await clientEvent(client, 'reconnected');
    await barrier(client);
    server.broadcast({ topic: 'a', n: 1, data: 1 });
    await got.until(2);
    expect(causes).toEqual([]);
  });

  it('does not outlive a connection that the code which saw it has ended [HN35, S4]', async () => {
    class Handler extends LoginHandler {
      act: (() => void) | undefined;
      override extractSignal(message: Message) {
        const signal = signalIn(message);
        if (signal) this.act?.();
        return signal;
      }
    }
    const server = await serve({ authentication: {} });
    server.onConnection((connection) => {
      if (connection.index === 1) connection.send({ signal: { type: 'resumed', topics: ['a'] } });
    });
    const handler = new Handler();
    const client = createClient(server, { handler });
    await client.connect();
    const channel = await client.subscribe('a');
    const gap = channelEvent(channel, 'gap');
    handler.act = () => {
      handler.act = undefined;
      client.reconnect();
    };
    server.dropAll();
    expect((await gap)[0]).toMatchObject({ cause: 'disconnect' });
    await barrier(client);
    expect(server.subscriptions).toEqual(new Set(['a']));
  });

  it('sends nothing for a stream that comes to its end after it was confirmed anew [HN32, HN35]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const channel = await client.subscribe('a');
    server.respondTo('"op":"subscribe"', (text) => [
      { signal: { type: 'resumed', topics: ['a'] } },
      { op: 'subscribe', req_id: JSON.parse(text).req_id, success: true },
      { signal: { type: 'completed', topics: ['a'] } },
    ]);
    const closed = channelEvent(channel, 'close');
    server.dropAll();
    await closed;
    await barrier(client);
    expect(framesOf(server).filter(({ op }) => op === 'unsubscribe')).toEqual([]);
  });

  it('ends a stream at the server that comes to its end while it is asked for anew [HN32, HN35]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new SignalHandler() });
    const channel = await client.subscribe('a');
    server.respondTo('"op":"subscribe"', (text) => [
      { signal: { type: 'resumed', topics: ['a'] } },
      { signal: { type: 'completed', topics: ['a'] } },
      { op: 'subscribe', req_id: JSON.parse(text).req_id, success: true },
    ]);
    const closed = channelEvent(channel, 'close');
    server.dropAll();
    expect((await closed)[0]).toEqual({ code: 1000, reason: 'completed' });
    await barrier(client);
    expect(framesOf(server).flatMap(({ op, args }) => (args ? [[op, args]] : []))).toEqual([
      ['subscribe', ['a']],
      ['subscribe', ['a']],
      ['unsubscribe', ['a']],
    ]);
  });

  it.each([true, undefined, false])(
    'asks once for a topic that is revoked (retryable: %s) while it is asked for anew [HN35, S2]',
    async (retryable) => {
      const server = await serve();
      const client = await connectClient(server, { handler: new SignalHandler() });
      const channel = await client.subscribe('a');
      server.respondTo('"op":"subscribe"', (text) => [
        { signal: { type: 'resumed', topics: ['a'] } },
        { signal: { type: 'revoked', topics: ['a'], retryable } },
        { op: 'subscribe', req_id: JSON.parse(text).req_id, success: true },
      ]);
      const told = channelEvent(channel, retryable === false ? 'close' : 'gap');
      server.dropAll();
      await told;
      await barrier(client);
      expect(channel.closed).toBe(retryable === false);
      const frames = framesOf(server).flatMap(({ op, args }) => (args ? [op] : []));
      expect(frames).toEqual(['subscribe', 'subscribe', ...(retryable === false ? ['unsubscribe'] : [])]);
    },
  );

  it('while one frame is being signed lets the others leave at once [HN35]', async () => {
    class Signing extends SignalHandler {
      override readonly limits = { topicsPerFrame: 1 };
      signing = false;
      override prepareFrame(frame: Frame): Frame | Promise<Frame> {
        return this.signing ? new Promise(() => {}) : frame;
      }
    }
    const handler = new Signing();
    const world = await connectedWorld({ handler });
    const { client, clock, sent } = world;
    const subscribing = client.subscribeMany(['a', 'b']);
    await clock.advance(10);
    await subscribing;
    sent.length = 0;
    handler.signing = true;
    await world.drop();
    await clock.advance(700);
    expect(sent).toEqual([]);
    handler.signing = false;
    world.peer.send('{"signal":{"type":"resumed","topics":["a"]}}');
    await clock.advance(10);
    expect(sent.map(({ op, args }) => [op, args])).toEqual([['subscribe', ['b']]]);
  });
});

describe('a frame that split() takes', () => {
  it('with an empty list says nothing until the message is whole, also where split() is asynchronous [HN7]', async () => {
    for (const isLate of [false, true]) {
      class Handler extends GenericJsonHandler {
        #text = '';
        override split(message: Message) {
          this.#text += message.text;
          const parts = this.#text.endsWith('\n') ? [message.part(JSON.parse(this.#text))] : [];
          if (parts.length > 0) this.#text = '';
          return isLate ? Promise.resolve(parts) : parts;
        }
      }
      const server = await serve();
      server.respondTo('balance', (text) => {
        const answer = `${JSON.stringify({ req_id: JSON.parse(text).req_id, data: 100 })}\n`;
        return [answer.slice(0, -8), answer.slice(-8)];
      });
      const client = await connectClient(server, { handler: new Handler() });
      const unread: string[] = [];
      client.on('message', ({ text }) => unread.push(text));
      expect(await client.request({ op: 'balance' })).toBe(100);
      expect(unread).toEqual([]);
    }
  });
});

describe('frames that a handler builds or leaves out', () => {
  it('a subscription without a frame has nothing to be confirmed [HN2]', async () => {
    class Handler extends GenericJsonHandler {
      override buildSubscribe(topics: readonly string[], id: string, context: SubscriptionContext): string {
        return topics[0] === 'account' ? ([] as never) : super.buildSubscribe(topics, id, context);
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Handler() });
    const channel = await client.subscribe('account', { timeout: 1_000 });
    const got = collect(channel);
    server.broadcast({ topic: 'account', data: 1 });
    expect(await got.until(1)).toEqual([1]);
    expect(framesOf(server)).toEqual([]);
  });

  it('farewell() comes before the closing handshake, and not after a loss [HN36]', async () => {
    class Handler extends GenericJsonHandler {
      override farewell = () => JSON.stringify({ op: 'logout' });
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Handler() });
    const back = clientEvent(client, 'reconnected');
    server.dropAll();
    await back;
    expect(framesOf(server)).toEqual([]);
    const again = clientEvent(client, 'reconnected');
    client.reconnect();
    await again;
    await barrier(client);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['logout', 'barrier']);
    await client.close();
    await expect.poll(() => framesOf(server).length).toBe(3);
    expect(framesOf(server).at(-1)).toMatchObject({ op: 'logout' });
  });
});
