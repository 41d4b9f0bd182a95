import type { EventEmitter } from 'eventemitter3';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { Channel, type ChannelEvents, type ChannelOptions } from '../../src/channel/channel.js';
import { ChannelInlet, type ChannelSharing, channelRules } from '../../src/channel/channel-inlet.js';
import { Conflation } from '../../src/channel/conflation.js';
import { HeldBytes } from '../../src/channel/held-bytes.js';
import { channelBody } from '../../src/channel/open-channel.js';
import { LazyUpdate, type Update } from '../../src/channel/update.js';
import { ConnectionClosedError } from '../../src/errors.js';
import { Message } from '../../src/protocol/message.js';
import type { VirtualClock } from '../../src/testing/index.browser.js';
import { checkAll } from '../../src/util/options.js';
import { type TestContext, testContext } from '../support/test-context.js';

let context: TestContext;
let clock: VirtualClock;
let sharing: ChannelSharing;
/** Callbacks for the next frame of the screen. */
let frames: (() => void)[];
let reads: number;

beforeEach(() => {
  context = testContext({ config: { subscriptionChannelCapacity: 4 } });
  clock = context.clock;
  frames = [];
  reads = 0;
  const screen = { now: () => clock.now(), setTimer: (callback: () => void) => frames.push(callback), clearTimer() {} };
  sharing = { conflation: new Conflation(clock, screen), heldBytes: new HeldBytes(Infinity) };
});

function newInlet(options: ChannelOptions = {}): ChannelInlet<number> {
  return new ChannelInlet<number>('trades', context, sharing, options);
}

/** The errors that the client emitted because the channel had no listener for them. */
function clientErrors(): Error[] {
  return context.emitted.map(([, error]) => error as Error);
}

function update(value: number): LazyUpdate {
  return new LazyUpdate(new Message(String(value)), 1, 100, {
    extractData: (message) => {
      reads++;
      if (value < 0) throw new Error('unreadable');
      return message.json;
    },
  });
}

function deliver(inlet: ChannelInlet<number>, ...values: number[]): void {
  for (const value of values) inlet.deliver(update(value));
}

function listen({ channel }: ChannelInlet<number>): number[] {
  const heard: number[] = [];
  channel.on('message', (value) => heard.push(value));
  return heard;
}

/** Reads until the loop has to wait or ends. */
async function take(iterator: AsyncIterator<number>, count: number): Promise<(number | undefined)[]> {
  const taken: (number | undefined)[] = [];
  for (let n = 0; n < count; n++) taken.push((await iterator.next()).value);
  return taken;
}

describe('Channel: its public members', () => {
  it('shows public members only and cannot be constructed', () => {
    expectTypeOf<Exclude<keyof Channel, keyof EventEmitter<ChannelEvents<unknown>>>>().toEqualTypeOf<
      | 'topic'
      | 'closed'
      | 'overflow'
      | 'dropped'
      | 'buffered'
      | 'updates'
      | 'live'
      | 'toJSON'
      | 'unsubscribe'
      | 'resync'
      | typeof Symbol.asyncIterator
      | typeof Symbol.asyncDispose
    >();
    // @ts-expect-error: `subscribe()` makes channels.
    void (() => new Channel());
    expect(newInlet().channel).toBeInstanceOf(Channel);
  });

  it('is known by what stands behind it, and nothing else is', () => {
    const inlet = newInlet();
    expect(channelBody(inlet.channel)).toBe(inlet);
    expect(channelBody({ topic: 'trades' })).toBeUndefined();
  });
});

describe('Channel: the first reader', () => {
  it('holds updates unparsed and delivers them in order, before newer updates [CH14, S7]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    deliver(inlet, 1, 2, 3);
    expect(channel.buffered).toBe(3);
    expect(reads).toBe(0);
    const heard = listen(inlet);
    expect(heard).toEqual([]);
    deliver(inlet, 4);
    await clock.settle();
    deliver(inlet, 5);
    expect(heard).toEqual([1, 2, 3, 4, 5]);
    expect(channel.dropped).toBe(0);
  });

  it('counts the updates that it could not hold [CH14, S7]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    deliver(inlet, 1, 2, 3, 4, 5, 6);
    const heard = listen(inlet);
    await clock.settle();
    expect(heard).toEqual([3, 4, 5, 6]);
    expect([channel.dropped, context.counters.dropped]).toEqual([2, 2]);
  });

  it('gives once() one update and the next reader the rest [CH14]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    deliver(inlet, 1, 2, 3);
    const first: number[] = [];
    channel.once('message', (value) => first.push(value));
    await clock.settle();
    expect(first).toEqual([1]);
    expect(await take(channel[Symbol.asyncIterator](), 2)).toEqual([2, 3]);
  });

  it('gives the held updates to the first loop [CH14]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    deliver(inlet, 1, 2);
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 3);
    expect(await take(loop, 3)).toEqual([1, 2, 3]);
  });

  it('gives a loop that starts during the delivery of held updates all newer updates [S7]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    deliver(inlet, 1);
    const heard = listen(inlet);
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 2);
    await clock.settle();
    deliver(inlet, 3);
    expect(heard).toEqual([1, 2, 3]);
    expect(await take(loop, 2)).toEqual([2, 3]);
  });

  it('delivers or counts held updates when the channel ends first [S7]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    deliver(inlet, 1, 2);
    const heard = listen(inlet);
    inlet.end({ code: 1000, reason: 'closed' });
    await clock.settle();
    expect(heard.length + channel.dropped).toBe(2);
  });

  it('counts held updates whose listener was removed before it got them, while a loop reads [S7]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    deliver(inlet, 1, 2);
    const listener = () => {};
    channel.on('message', listener);
    const loop = channel[Symbol.asyncIterator]();
    channel.off('message', listener);
    await clock.settle();
    expect([channel.buffered, channel.dropped]).toEqual([0, 2]);
    deliver(inlet, 3);
    expect(await take(loop, 1)).toEqual([3]);
  });

  it('counts an update without a reader [S7]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const listener = (): void => {};
    channel.on('message', listener);
    channel.off('message', listener);
    deliver(inlet, 1);
    expect(channel.dropped).toBe(1);
  });
});

describe('Channel: overflow', () => {
  it("'drop-oldest' keeps the newest updates [CH16]", async () => {
    const inlet = newInlet({ capacity: 2, overflow: 'drop-oldest' });
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 1, 2, 3, 4, 5);
    expect(await take(loop, 2)).toEqual([4, 5]);
    expect(channel.dropped).toBe(3);
  });

  it("'drop-newest' keeps the oldest updates [CH16]", async () => {
    const inlet = newInlet({ capacity: 2, overflow: 'drop-newest' });
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 1, 2, 3, 4, 5);
    expect(await take(loop, 2)).toEqual([1, 2]);
    expect(channel.dropped).toBe(3);
  });

  it("'latest' keeps the newest update and counts the replaced ones [CH17]", async () => {
    const inlet = newInlet({ overflow: 'latest' });
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 1, 2, 3);
    expect(await take(loop, 1)).toEqual([3]);
    expect(channel.dropped).toBe(2);
  });

  it("conflateInterval 'frame' delivers the newest update once, with the next frame of the screen [CH22]", () => {
    const inlet = newInlet({ overflow: 'latest', conflateInterval: 'frame' });
    const { channel } = inlet;
    const heard: number[] = [];
    channel.on('message', (data) => heard.push(data));
    deliver(inlet, 1, 2, 3);
    expect([heard, frames.length]).toEqual([[], 1]);
    frames.shift()?.();
    expect([heard, frames.length, channel.dropped]).toEqual([[3], 0, 2]);
    deliver(inlet, 4);
    void channel.unsubscribe();
    frames.shift()?.();
    expect([heard, channel.dropped]).toEqual([[3], 3]);
  });

  it("'latest' by key keeps the newest update of each key, at the place of the first [CH17]", async () => {
    const key = (each: { data: unknown }): string => ((each.data as number) % 2 ? 'odd' : 'even');
    const inlet = newInlet({ overflow: 'latest', key });
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 1, 2, 3, 4, 5);
    expect(await take(loop, 2)).toEqual([5, 4]);
  });

  it("'latest' holds at most capacity keys [C9, CH17]", async () => {
    const inlet = newInlet({ overflow: 'latest', capacity: 2, key: (each) => String(each.data) });
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 1, 2, 3);
    expect(channel.buffered).toBe(2);
    expect(await take(loop, 2)).toEqual([2, 3]);
  });

  it("'latest' gives a listener what it caused itself with the next tick [CH17]", async () => {
    const inlet = newInlet({ overflow: 'latest', conflateInterval: 20 });
    const heard: string[] = [];
    inlet.channel.on('message', (value) => {
      heard.push(`${value} ${clock.now()}`);
      if (value < 3) deliver(inlet, value + 1);
    });
    deliver(inlet, 1);
    await clock.advance(100);
    expect(heard).toEqual(['1 20', '2 40', '3 60']);
    expect(clock.pendingTimers).toBe(0);
  });

  it("'latest' calls listeners once per conflateInterval [CH17]", async () => {
    const inlet = newInlet({ overflow: 'latest' });
    const heard = listen(inlet);
    for (let n = 1; n <= 32; n++) {
      deliver(inlet, n);
      await clock.advance(1);
    }
    await clock.advance(16);
    expect(heard).toEqual([16, 32]);
    expect(clock.pendingTimers).toBe(0);
  });

  describe('the gap of a dropped update moves to the next update [S5, CH19]', () => {
    const gapSince = (since: number) => ({ epoch: 2, since, until: since + 1, cause: 'disconnect' }) as const;
    const sinceOf = ({ gap }: Update) => gap?.since;

    it.each([
      ['drop-oldest', [undefined, 30, undefined]],
      // What was there before the gap knows nothing of it.
      ['drop-newest', [undefined, undefined, 30]],
      ['latest', [30, undefined, undefined]],
    ] as const)('with %s in a loop', async (overflow, expected) => {
      const inlet = newInlet({ capacity: 2, overflow });
      const { channel } = inlet;
      const loop = channel.updates();
      const next = async () => sinceOf((await loop.next()).value as Update);
      deliver(inlet, 1);
      if (overflow === 'drop-oldest') await next();
      if (overflow === 'drop-newest') deliver(inlet, 2);
      inlet.deliver(update(3).after(gapSince(30)));
      if (overflow !== 'drop-newest') deliver(inlet, 4, 5);
      const seen: (number | undefined)[] = overflow === 'drop-oldest' ? [undefined] : [];
      while (channel.buffered > 0) seen.push(await next());
      // The reader waits already.
      const waiting = next();
      deliver(inlet, 6);
      seen.push(await waiting);
      const after = next();
      deliver(inlet, 7);
      seen.push(await after);
      expect(seen.slice(0, 3)).toEqual(expected);
    });

    it.each(['drop-oldest', 'drop-newest'] as const)('with %s before the first listener', async (overflow) => {
      const inlet = newInlet({ capacity: 1, overflow });
      const { channel } = inlet;
      deliver(inlet, 1);
      inlet.deliver(update(2).after(gapSince(20)));
      inlet.deliver(update(3).after(gapSince(30)));
      const heard: [number, number | undefined, number | undefined][] = [];
      channel.on('message', (value, { gap }) => heard.push([value, gap?.since, gap?.until]));
      await clock.settle();
      deliver(inlet, 4, 5);
      const told = [20, 100];
      expect(heard).toEqual(
        overflow === 'drop-oldest'
          ? [
              [3, ...told],
              [4, undefined, undefined],
              [5, undefined, undefined],
            ]
          : [
              [1, undefined, undefined],
              [4, ...told],
              [5, undefined, undefined],
            ],
      );
    });

    it('with latest by key, at the place of a dropped update', async () => {
      const inlet = newInlet({ overflow: 'latest', capacity: 2, key: ({ data }) => String(data) });
      const { channel } = inlet;
      inlet.deliver(update(1).after(gapSince(10)));
      deliver(inlet, 2, 3);
      const loop = channel.updates();
      const seen = [(await loop.next()).value, (await loop.next()).value] as Update<number>[];
      expect(seen.map((one) => [one.data, sinceOf(one)])).toEqual([
        [2, 10],
        [3, undefined],
      ]);
    });
  });

  it("'fail' closes the channel after its buffered updates [CH18]", async () => {
    const inlet = newInlet({ capacity: 2, overflow: 'fail' });
    const { channel } = inlet;
    let released = 0;
    inlet.attach({
      resync: () => Promise.resolve(),
      leave: () => {
        released++;
        return Promise.resolve();
      },
    });
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 1, 2, 3, 4);
    expect(channel.closed).toBe(true);
    expect(released).toBe(1);
    expect(await take(loop, 2)).toEqual([1, 2]);
    await expect(loop.next()).rejects.toMatchObject({ code: 'CAPACITY_EXCEEDED', retryable: false });
    expect(await loop.next()).toEqual({ done: true, value: undefined });
  });

  it('a key function that throws is reported and loses only that update [S6, CH17]', async () => {
    const inlet = newInlet({
      overflow: 'latest',
      key: (each) => {
        if (each.data === 2) throw new Error('no key');
        return String(each.data);
      },
    });
    const heard = listen(inlet);
    deliver(inlet, 1, 2, 3);
    await clock.advance(16);
    expect(heard).toEqual([1, 3]);
    expect(clientErrors()).toHaveLength(1);
  });

  it('counts very many updates through a full buffer [C9]', async () => {
    const inlet = newInlet({ capacity: 100_000 });
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    const one = update(1);
    for (let n = 0; n < 200_000; n++) inlet.deliver(one);
    expect(channel.buffered).toBe(100_000);
    expect(channel.dropped).toBe(100_000);
    await loop.return?.();
    expect(channel.buffered).toBe(0);
  });
});

describe('Channel: loops', () => {
  it('have a buffer each [CH3]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const [one, two] = [channel[Symbol.asyncIterator](), channel.updates()];
    const heard = listen(inlet);
    deliver(inlet, 1, 2);
    expect(await take(one, 2)).toEqual([1, 2]);
    expect((await two.next()).value).toMatchObject({ data: 1, epoch: 1 });
    expect(heard).toEqual([1, 2]);
    expect(reads).toBe(2);
  });

  it('serve several next() calls in order [CH3]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    const reading = [loop.next(), loop.next()];
    deliver(inlet, 1, 2);
    expect((await Promise.all(reading)).map(({ value }) => value)).toEqual([1, 2]);
  });

  it('end at break and keep the channel [CH4]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const reading = (async () => {
      for await (const value of channel) return value;
      return undefined;
    })();
    deliver(inlet, 1);
    expect(await reading).toBe(1);
    expect(channel.closed).toBe(false);
    const heard = listen(inlet);
    deliver(inlet, 2);
    expect(heard).toEqual([2]);
  });

  it('count what they had not read when they end, and no more [S7, CH4]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 1, 2, 3);
    expect(await take(loop, 1)).toEqual([1]);
    expect(await loop.return?.()).toEqual({ done: true, value: undefined });
    expect([channel.dropped, channel.buffered, context.counters.dropped]).toEqual([2, 0, 2]);
    expect((await loop.next()).done).toBe(true);
    const other = channel[Symbol.asyncIterator]();
    deliver(inlet, 4);
    expect([channel.dropped, channel.buffered]).toEqual([2, 1]);
    expect(await take(other, 1)).toEqual([4]);
  });

  it('read nothing more of a channel that was unsubscribed [CH5]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 1, 2);
    await channel.unsubscribe();
    expect(await loop.next()).toEqual({ done: true, value: undefined });
  });

  it('end with the channel after the buffered updates, or throw its error [CH4]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, 1);
    inlet.end({ code: 1000, reason: 'closed' });
    expect(await take(loop, 1)).toEqual([1]);
    expect(await loop.next()).toEqual({ done: true, value: undefined });

    const failed = newInlet();
    const waiting = failed.channel[Symbol.asyncIterator]().next();
    failed.fail(new ConnectionClosedError('over'));
    await expect(waiting).rejects.toThrow('over');
  });

  it('pass over an update that cannot be read, which is an error of the channel and counted [CH4, DL22]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const errors: string[] = [];
    channel.on('error', ({ message }) => errors.push(message));
    const loop = channel[Symbol.asyncIterator]();
    deliver(inlet, -1, 2);
    expect(await take(loop, 1)).toEqual([2]);
    const waiting = take(loop, 1);
    deliver(inlet, -3, 4);
    expect(await waiting).toEqual([4]);
    expect(errors).toEqual([expect.stringContaining('unreadable'), expect.stringContaining('unreadable')]);
    expect(channel.dropped).toBe(2);
  });
});

describe('Channel: the end', () => {
  it('calls no listener after unsubscribe(), even inside a listener [S1, CH5]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const heard: string[] = [];
    channel.on('message', (value) => {
      heard.push(`a${value}`);
      if (value === 2) void channel.unsubscribe();
    });
    channel.on('message', (value) => heard.push(`b${value}`));
    deliver(inlet, 1, 2, 3);
    await clock.settle();
    expect(heard).toEqual(['a1', 'b1', 'a2']);
  });

  it('delivers no held or conflated update after unsubscribe() [S1]', async () => {
    const held = newInlet();
    deliver(held, 1);
    const heard = listen(held);
    void held.channel.unsubscribe();
    const conflating = newInlet({ overflow: 'latest' });
    const alsoHeard = listen(conflating);
    deliver(conflating, 1);
    void conflating.channel.unsubscribe();
    await clock.advance(1_000);
    expect([heard, alsoHeard]).toEqual([[], []]);
    expect([held.buffered, conflating.buffered]).toEqual([0, 0]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('emits close once and never rejects [CH5]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const causes: unknown[] = [];
    channel.on('close', (cause) => causes.push(cause));
    await channel.unsubscribe();
    await channel.unsubscribe();
    inlet.end({ code: 1006, reason: 'later' });
    inlet.fail(new ConnectionClosedError('later'));
    expect(causes).toEqual([{ code: 1000, reason: 'unsubscribed' }]);
  });

  it('calls no listener that comes after the end, counts nothing and does not go live again [S1, CH34]', async () => {
    const inlet = newInlet({ maxSilence: 50 });
    const { channel } = inlet;
    inlet.goLive();
    await channel.unsubscribe();
    const heard: string[] = [];
    for (const event of ['message', 'gap', 'resumed', 'interrupted', 'stale', 'error'] as const)
      channel.on(event, () => void heard.push(event));
    deliver(inlet, 1, 2);
    inlet.gap({ cause: 'disconnect', since: 1, until: 2, epoch: 2 });
    inlet.resumed(2);
    inlet.goLive();
    inlet.interrupted();
    inlet.report(new ConnectionClosedError('later'));
    await clock.advance(1_000);
    expect(heard).toEqual([]);
    expect(channel).toMatchObject({ dropped: 0, buffered: 0, live: false });
    expect([context.emitted, clock.pendingTimers]).toEqual([[], 0]);
  });

  it('comes without an error when a listener of the last conflated update ends the channel [CH5, CH13]', async () => {
    const inlet = newInlet({ overflow: 'latest' });
    const { channel } = inlet;
    const order: unknown[] = [];
    channel.on('message', () => void channel.unsubscribe());
    channel.on('error', () => void order.push('error'));
    channel.on('close', ({ reason }) => void order.push(reason));
    deliver(inlet, 1);
    inlet.fail(new ConnectionClosedError('over'));
    expect([order, context.emitted]).toEqual([['unsubscribed'], []]);
  });

  it('tells an error that does not end the channel to its listener, or else to the client [CH13]', () => {
    const inlet = newInlet();
    const heard: string[] = [];
    inlet.report(new ConnectionClosedError('unheard'));
    inlet.channel.on('error', ({ message }) => void heard.push(message));
    inlet.report(new ConnectionClosedError('heard'));
    expect([heard, clientErrors().map(({ message }) => message)]).toEqual([['heard'], ['unheard']]);
  });

  it('tells why a live subscription was lost, once [CH34]', () => {
    const inlet = newInlet();
    const losses: unknown[][] = [];
    inlet.channel.on('interrupted', (...args) => void losses.push(args));
    inlet.interrupted();
    inlet.goLive();
    const error = new ConnectionClosedError('revoked');
    inlet.interrupted(error);
    inlet.interrupted(error);
    inlet.goLive();
    inlet.interrupted();
    expect(losses).toEqual([[error], []]);
  });

  it('measures silence from the first confirmation, not from a second one [CH35]', async () => {
    const inlet = newInlet({ maxSilence: 100 });
    const stale: number[] = [];
    inlet.channel.on('stale', () => void stale.push(clock.now()));
    inlet.goLive();
    await clock.advance(60);
    inlet.goLive();
    await clock.advance(1_000);
    expect(stale).toEqual([100]);
  });

  it('emits error, then close; without a listener the client emits the error [CH13]', () => {
    const inlet = newInlet();
    const { channel } = inlet;
    const order: string[] = [];
    channel.on('error', () => order.push('error'));
    channel.on('close', () => order.push('close'));
    inlet.fail(new ConnectionClosedError('over'));
    expect(order).toEqual(['error', 'close']);
    newInlet().fail(new ConnectionClosedError('unheard'));
    expect(clientErrors().map(({ message }) => message)).toEqual(['unheard']);
  });

  it('reports a listener that throws and calls the other listeners [S6, CL38]', async () => {
    const inlet = newInlet();
    const { channel } = inlet;
    channel.on('message', () => {
      throw new Error('bug');
    });
    channel.on('message', () => Promise.reject(new Error('async bug')) as never);
    const heard = listen(inlet);
    deliver(inlet, 1, -1, 2);
    await clock.settle();
    expect(heard).toEqual([1, 2]);
    expect(clientErrors()).toHaveLength(5);
  });

  it.each([
    ['capacity', { capacity: 0 }],
    ['capacity', { capacity: 1.5 }],
    ['overflow', { overflow: 'never' as 'fail' }],
    ['key', { key: 'symbol' as unknown as () => string }],
    ['conflateInterval', { conflateInterval: -1 }],
    ['conflateInterval', { conflateInterval: Infinity }],
  ] as const)('a wrong %s is a ConfigError [CH21]', (field, options) => {
    expect(() => checkAll<ChannelOptions>(options, channelRules)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', field }),
    );
  });
});
