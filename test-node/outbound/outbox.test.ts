import { beforeEach, describe, expect, it, vi } from 'vitest';
import { GenericJsonHandler } from '../../src/handlers/generic-json.js';
import type { OutboundCall, Priority } from '../../src/outbound/outbound-call.js';
import { Outbox, type Turns } from '../../src/outbound/outbox.js';
import type { Frame, FrameInfo, Limits } from '../../src/protocol/handler-types.js';
import { DeadlineQueue } from '../../src/util/deadline-queue.js';
import { type TestContext, testContext } from '../support/test-context.js';

/** A handler whose limits and preparation a test sets. */
class Handler extends GenericJsonHandler {
  override limits: Limits = {};
}

class PreparingHandler extends Handler {
  /** Called to finish the preparation of a frame. */
  readonly open = new Map<string, (frame: string) => void>();
  override prepareRequest(text: string): string | Promise<string> {
    return new Promise((resolve) => this.open.set(text, resolve));
  }
}

class TestLink {
  readonly written: Frame[] = [];
  bufferedAmount = 0;
  refuses = false;
  onWrite: ((frame: Frame) => void) | undefined;
  send(frame: Frame): void {
    if (this.refuses) throw new Error('closed');
    this.written.push(frame);
    this.onWrite?.(frame);
  }
  refused(cause: unknown): void {
    failures.push(cause);
  }
}

let link: TestLink;
let subscriptions: string[];
let failures: unknown[];

/** Events that happen at once. */
const AT_ONCE: Turns = { hasQueued: false, inTurn: (act) => act() };

function newOutbox(handler: Handler, turns = AT_ONCE): { outbox: Outbox; context: TestContext } {
  const context = testContext({ handler });
  return { context, outbox: new Outbox(context, new DeadlineQueue(context.clock), turns) };
}

/** An event that a test queues, and what is to come after it. */
class QueuedTurns implements Turns {
  hasQueued = false;
  readonly after: (() => void)[] = [];
  inTurn(act: () => void): void {
    this.after.push(act);
  }
  /** The event that was queued is over. */
  run(): void {
    this.hasQueued = false;
    for (const act of this.after.splice(0)) act();
  }
}

function subscriptionFrames() {
  return {
    get hasNext() {
      return subscriptions.length > 0;
    },
    prepareNext: () => subscriptions.length > 0,
    writeNext: (write: (frame: Frame, isEnd: boolean) => boolean): boolean => {
      const next = subscriptions[0];
      if (next === undefined || !write(next, next.startsWith('end'))) return false;
      subscriptions.shift();
      return true;
    },
  };
}

function newCall(frame: string, priority: Priority = 'normal'): OutboundCall & { fate: string } {
  const call = {
    frame,
    id: frame,
    kind: 'request' as const,
    fate: 'waiting',
    priority,
    onLeaving: () => {},
    onRefused: () => true,
    handleEvent: () => {},
    onWritten: () => {
      call.fate = 'written';
    },
    onUnwritable: () => {
      call.fate = 'unwritable';
    },
  };
  return call;
}

beforeEach(() => {
  link = new TestLink();
  subscriptions = [];
  failures = [];
});

describe('Outbox: order', () => {
  it('writes only connection frames before it serves [C3]', () => {
    const { outbox } = newOutbox(new Handler());
    outbox.add(newCall('call'));
    subscriptions.push('sub');
    outbox.attach(link);
    outbox.urgent(['hello', 'auth']);
    expect(link.written).toEqual(['hello', 'auth']);
  });

  it('writes the first subscription frame, the waiting calls, then other subscription frames [DL7, C3]', () => {
    const { outbox } = newOutbox(new Handler());
    for (const name of ['call 1', 'call 2']) outbox.add(newCall(name));
    subscriptions.push('sub 1', 'sub 2');
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    expect(link.written).toEqual(['sub 1', 'call 1', 'call 2', 'sub 2']);
  });

  it('writes frames that end topics before the first subscribe frame, and the calls after both [C3]', () => {
    const { outbox } = newOutbox(new Handler());
    for (const name of ['call 1', 'call 2']) outbox.add(newCall(name));
    subscriptions.push('end 1', 'end 2', 'sub 1', 'sub 2');
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    expect(link.written).toEqual(['end 1', 'end 2', 'sub 1', 'call 1', 'call 2', 'sub 2']);
  });

  it('writes the calls where frames only end topics [C3]', () => {
    const { outbox } = newOutbox(new Handler());
    outbox.add(newCall('call'));
    subscriptions.push('end');
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    expect(link.written).toEqual(['end', 'call']);
  });

  it('keeps that order when the rate limit holds the first subscription frame back [DL7, HN23]', async () => {
    const handler = new Handler();
    handler.limits = { frames: { count: 1, window: 1_000, margin: 0 } };
    const { outbox, context } = newOutbox(handler);
    outbox.add(newCall('call'));
    subscriptions.push('sub');
    outbox.attach(link);
    outbox.urgent('auth');
    outbox.ready(subscriptionFrames());
    expect(link.written).toEqual(['auth']);
    await context.clock.advance(5_000);
    expect(link.written).toEqual(['auth', 'sub', 'call']);
  });

  it('puts calls that are written again in front', () => {
    const { outbox } = newOutbox(new Handler());
    outbox.add(newCall('new'));
    outbox.addFirst([newCall('old 1'), newCall('old 2')]);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    expect(link.written).toEqual(['old 1', 'old 2', 'new']);
  });

  it('puts a call that a written frame led to behind the calls that wait', () => {
    const { outbox } = newOutbox(new Handler());
    for (const name of ['1', '2', '3']) outbox.add(newCall(name));
    link.onWrite = (frame) => {
      if (frame === '1') outbox.add(newCall('made meanwhile'));
    };
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    expect(link.written).toEqual(['1', '2', '3', 'made meanwhile']);
  });

  it('never writes a call that was taken back [R4, R6]', () => {
    const { outbox } = newOutbox(new Handler());
    const call = newCall('call');
    outbox.add(call);
    expect(outbox.delete(call)).toBe(true);
    expect(outbox.delete(call)).toBe(false);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    expect(link.written).toEqual([]);
    expect(call.fate).toBe('waiting');
  });

  it('drops frames of a lost connection [C3]', () => {
    const { outbox } = newOutbox(new Handler());
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    link.bufferedAmount = 2_000_000;
    outbox.urgent('held back on the old connection');
    outbox.detach();
    outbox.urgent('cancel of the old connection');
    link = new TestLink();
    outbox.attach(link);
    outbox.urgent('hello');
    expect(link.written).toEqual(['hello']);
  });
});

describe('Outbox: limits', () => {
  it('applies the rolling window to frames of all lanes [HN23]', async () => {
    const handler = new Handler();
    handler.limits = { frames: { count: 2, window: 1_000, margin: 0 } };
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    for (let n = 0; n < 5; n++) outbox.add(newCall(`call ${n}`));
    expect(link.written).toHaveLength(2);
    await context.clock.advance(999);
    expect(link.written).toHaveLength(2);
    await context.clock.advance(1);
    expect(link.written).toHaveLength(4);
    outbox.countFrame();
    await context.clock.advance(1_000);
    expect(link.written).toHaveLength(5);
  });

  it('keeps the limit of subscription frames although these get their turn among the calls [HN23, DL8]', async () => {
    const handler = new Handler();
    handler.limits = {
      frames: { count: 1, window: 1_000, margin: 0 },
      subscriptionFrames: { count: 1, window: 10_000, margin: 0 },
    };
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    subscriptions.push('sub 1', 'sub 2', 'sub 3');
    outbox.ready(subscriptionFrames());
    for (let n = 0; n < 30; n++) outbox.add(newCall('call'));
    const seconds: number[] = [];
    for (let second = 0; second < 24; second++) {
      if (String(link.written.at(-1)).startsWith('sub')) seconds.push(second);
      await context.clock.advance(1_000);
    }
    expect([seconds, link.written.length]).toEqual([[0, 10, 20], 25]);
  });

  it('stops writing while the buffer of the socket is full [C9]', async () => {
    const { outbox, context } = newOutbox(new Handler());
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    link.bufferedAmount = 100_000;
    subscriptions.push('sub');
    outbox.add(newCall('small'));
    expect(link.written).toEqual(['small']); // subscriptions stop earlier
    link.bufferedAmount = 2_000_000;
    outbox.add(newCall('call'));
    await context.clock.advance(100);
    expect(link.written).toEqual(['small']);
    link.bufferedAmount = 0;
    await context.clock.advance(10);
    expect(link.written).toEqual(['small', 'call', 'sub']);
  });

  it('keeps a call unsent when its write failed [R4]', () => {
    const { outbox } = newOutbox(new Handler());
    const call = newCall('call');
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    link.refuses = true;
    outbox.add(call);
    expect(failures).toHaveLength(1);
    expect(call.fate).toBe('waiting');
    expect(outbox.waiting).toBe(1);
    expect(outbox.isReady).toBe(false);
  });

  it('leaves no timer behind when it is detached', async () => {
    const handler = new Handler();
    handler.limits = { frames: { count: 1, window: 1_000, margin: 0 } };
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    outbox.add(newCall('one'));
    outbox.add(newCall('two'));
    outbox.detach();
    expect(context.clock.pendingTimers).toBe(0);
  });
});

describe('Outbox: asynchronous preparation', () => {
  it('keeps the order of calls, and lets other lanes pass [HN10]', async () => {
    const handler = new PreparingHandler();
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    for (const name of ['a', 'b']) outbox.add(newCall(name));
    subscriptions.push('sub');
    outbox.urgent('ping');
    expect(link.written).toEqual(['ping', 'sub']);
    handler.open.get('a')?.('signed a');
    await context.clock.settle();
    handler.open.get('b')?.('signed b');
    await context.clock.settle();
    expect(link.written).toEqual(['ping', 'sub', 'signed a', 'signed b']);
  });

  it('prepares a call again for another connection [R5, HN10]', async () => {
    const handler = new PreparingHandler();
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    outbox.add(newCall('a'));
    const stale = handler.open.get('a');
    outbox.detach();
    link = new TestLink();
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    stale?.('for the old connection');
    handler.open.get('a')?.('for the new connection');
    await context.clock.settle();
    expect(link.written).toEqual(['for the new connection']);
  });

  it('is not blocked by a call that ends while it is prepared [R6]', async () => {
    const handler = new PreparingHandler();
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    const [stuck, next] = [newCall('stuck'), newCall('next')];
    outbox.add(stuck);
    outbox.add(next);
    outbox.delete(stuck);
    await context.clock.settle();
    handler.open.get('next')?.('next');
    await context.clock.settle();
    expect(link.written).toEqual(['next']);
  });

  it('applies the rate limit after a slow preparation [HN23, HN10]', async () => {
    const handler = new PreparingHandler();
    handler.limits = { frames: { count: 2, window: 1_000, margin: 0 } };
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    outbox.add(newCall('call'));
    outbox.urgent(['ping', 'pong']);
    handler.open.get('call')?.('call');
    await context.clock.settle();
    expect(link.written).toEqual(['ping', 'pong']);
    await context.clock.advance(1_000);
    expect(link.written).toEqual(['ping', 'pong', 'call']);
  });

  it('fails only the call whose preparation fails', async () => {
    const handler = new (class extends Handler {
      override prepareRequest(text: string): Promise<string> {
        return text === 'bad' ? Promise.reject(new Error('no key')) : Promise.resolve(text);
      }
    })();
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    const [bad, good] = [newCall('bad'), newCall('good')];
    outbox.add(bad);
    outbox.add(good);
    await context.clock.settle();
    expect([bad.fate, good.fate]).toEqual(['unwritable', 'written']);
  });

  it('does not prepare a send, and gives the handler bytes as text [HN10]', () => {
    const asked: unknown[][] = [];
    const handler = new (class extends Handler {
      override prepareRequest(...args: unknown[]): string {
        asked.push(args);
        return 'signed';
      }
    })();
    const { outbox } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    const [send, request] = [newCall('send'), newCall('request')];
    outbox.add({ ...send, kind: 'send' });
    outbox.add({ ...request, frame: new TextEncoder().encode('{"op":"order"}') });
    expect(link.written).toEqual(['send', 'signed']);
    expect(asked).toEqual([['{"op":"order"}', 'request']]);
  });

  it('prepares the first call once when a later call is taken back [R5, HN10]', async () => {
    let prepared = 0;
    const handler = new (class extends Handler {
      override prepareRequest(text: string): Promise<string> {
        prepared++;
        return Promise.resolve(text);
      }
    })();
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    const [head, other] = [newCall('head'), newCall('other')];
    outbox.add(head);
    outbox.add(other);
    outbox.delete(other);
    await context.clock.settle();
    expect([prepared, link.written]).toEqual([1, ['head']]);
  });
});

describe('Outbox: an event that a written frame causes', () => {
  it('comes before the next subscription frame, and the rest after it [DL14]', () => {
    const turns = new QueuedTurns();
    const { outbox } = newOutbox(new Handler(), turns);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    subscriptions.push('sub 1', 'sub 2', 'sub 3');
    link.onWrite = (frame) => {
      turns.hasQueued = frame === 'sub 2';
    };
    outbox.pump();
    outbox.pump();
    expect([link.written, turns.after.length]).toEqual([['sub 1', 'sub 2'], 1]);
    turns.run();
    expect(link.written).toEqual(['sub 1', 'sub 2', 'sub 3']);
  });

  it('comes before every frame, again and again [DL14]', () => {
    const turns = new QueuedTurns();
    const { outbox } = newOutbox(new Handler(), turns);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    link.onWrite = () => {
      turns.hasQueued = true;
    };
    for (const name of ['1', '2', '3']) outbox.add(newCall(name));
    for (const written of [['1'], ['1', '2'], ['1', '2', '3']]) {
      expect([link.written, turns.after.length]).toEqual([written, 1]);
      turns.run();
    }
  });

  it('comes before a subscription frame whose preparation caused it [DL14]', () => {
    const turns = new QueuedTurns();
    const { outbox } = newOutbox(new Handler(), turns);
    const frames = subscriptionFrames();
    let prepared = 0;
    frames.prepareNext = () => {
      turns.hasQueued = prepared++ === 0;
      return true;
    };
    subscriptions.push('sub');
    outbox.attach(link);
    outbox.ready(frames);
    expect(link.written).toEqual([]);
    turns.run();
    expect(link.written).toEqual(['sub']);
  });

  it('comes before a waiting call whose preparation caused it [DL14]', () => {
    const turns = new QueuedTurns();
    const handler = new (class extends Handler {
      override prepareRequest(text: string): string {
        turns.hasQueued = true;
        return text;
      }
    })();
    const { outbox } = newOutbox(handler, turns);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    outbox.add(newCall('call'));
    expect(link.written).toEqual([]);
    turns.run();
    expect(link.written).toEqual(['call']);
  });
});

describe('Outbox: while frames are held back', () => {
  /** One frame a second; the first has left. */
  function heldBack() {
    const handler = new Handler();
    handler.limits = { frames: { count: 1, window: 1_000, margin: 0 } };
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    outbox.add(newCall('first'));
    return { outbox, context };
  }

  it('does not write a call whose signal has aborted before its event comes [R6]', async () => {
    const { outbox, context } = heldBack();
    const stop = new AbortController();
    const aborted: OutboundCall = {
      ...newCall('aborted'),
      signal: stop.signal,
      handleEvent: () => void outbox.delete(aborted),
    };
    outbox.add(aborted);
    outbox.add(newCall('next'));
    stop.abort();
    await context.clock.advance(1_000);
    expect([link.written, outbox.waiting]).toEqual([['first', 'next'], 0]);
  });

  it('writes no call after a subscription frame on which the socket failed [R4]', async () => {
    const { outbox, context } = heldBack();
    const calls = ['2', '3', '4', '5'].map((frame) => newCall(frame));
    for (const call of calls) outbox.add(call);
    await context.clock.advance(3_000);
    expect(link.written).toEqual(['first', '2', '3', '4']);
    subscriptions.push('sub');
    link.refuses = true;
    await context.clock.advance(1_000);
    expect(failures).toHaveLength(1);
    expect([calls[3]?.fate, outbox.waiting]).toEqual(['waiting', 1]);
  });

  it('counts a ping like a frame, and not as a message [HN23]', async () => {
    const { outbox, context } = heldBack();
    outbox.ping(() => link.send('ping'), {});
    outbox.add(newCall('call'));
    await context.clock.advance(1_000);
    expect(link.written).toEqual(['first', 'ping']);
    await context.clock.advance(1_000);
    expect([link.written.length, context.counters.sent]).toEqual([3, 2]);
  });
});

describe('Outbox: a connection that is about to be replaced', () => {
  it('still prepares and writes calls of high priority, one after the other, and no others [DL19, C11]', async () => {
    const handler = new PreparingHandler();
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    outbox.leave();
    for (const name of ['one', 'two']) outbox.add(newCall(name, 'high'));
    outbox.add(newCall('normal'));
    subscriptions.push('sub');
    for (const name of ['one', 'two']) {
      handler.open.get(name)?.(name);
      await context.clock.settle();
    }
    expect([link.written, outbox.isReady, outbox.isLeaving]).toEqual([['one', 'two'], true, true]);
    outbox.stay();
    handler.open.get('normal')?.('normal');
    await context.clock.settle();
    expect([link.written, outbox.isLeaving]).toEqual([['one', 'two', 'sub', 'normal'], false]);
  });
});

describe('Outbox: a connection that is not to be replaced', () => {
  it('writes no call before it is ready, although it stays [C3]', () => {
    const { outbox } = newOutbox(new Handler());
    outbox.add(newCall('call'));
    outbox.attach(link);
    outbox.stay();
    expect([link.written, outbox.isReady]).toEqual([[], false]);
    outbox.ready(subscriptionFrames());
    expect(link.written).toEqual(['call']);
  });
});

describe('Outbox: a long resubscription', () => {
  it('is written in slices, with the calls that come meanwhile in between [DL8]', async () => {
    const { outbox, context } = newOutbox(new Handler());
    let now = 0;
    vi.spyOn(context.clock, 'now').mockImplementation(() => now);
    link.onWrite = () => {
      now++;
    };
    for (let n = 0; n < 12; n++) subscriptions.push('sub');
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    const slice = link.written.length;
    expect(slice).toBe(6);
    outbox.add(newCall('call'));
    expect(link.written).toHaveLength(slice + 1);
    await context.clock.advance(0);
    await context.clock.advance(0);
    expect(link.written.join(' ')).toBe('sub sub sub sub sub sub call sub sub sub sub sub sub');
  });
});

describe('Outbox: order of many calls', () => {
  it('stays when most of them were taken back [R4]', () => {
    const { outbox } = newOutbox(new Handler());
    const calls = Array.from({ length: 400 }, (_, n) => newCall(`${n}`));
    for (const call of calls) outbox.add(call);
    for (const call of calls.slice(1, 390)) outbox.delete(call);
    expect([outbox.waiting, outbox.waitingBytes]).toEqual([11, 31]);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    expect(link.written).toEqual(['0', '390', '391', '392', '393', '394', '395', '396', '397', '398', '399']);
  });
});

describe('Outbox: cancels', () => {
  it('end with their connection, and the calls beside them wait for the next one [HN12, DL5]', async () => {
    const handler = new Handler();
    handler.limits = { frames: { count: 1, window: 1_000, margin: 0 } };
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    outbox.add(newCall('first'));
    outbox.cancel('cancel first', 'first');
    outbox.add(newCall('order', 'high'));
    expect([outbox.waiting, outbox.waitingBytes]).toEqual([1, 'cancel first'.length + 'order'.length]);
    outbox.detach();
    expect([outbox.waiting, outbox.waitingBytes]).toEqual([1, 'order'.length]);
    link = new TestLink();
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    await context.clock.advance(5_000);
    expect(link.written).toEqual(['order']);
  });

  it('that the socket refuses leave on no other connection, nor does one without a connection [HN12]', () => {
    const { outbox } = newOutbox(new Handler());
    outbox.cancel('too early', 'x');
    outbox.attach(link);
    outbox.cancel('on a connection that is not ready', 'x');
    outbox.ready(subscriptionFrames());
    expect([link.written, outbox.hasWaiting]).toEqual([[], false]);
    link.refuses = true;
    outbox.cancel('refused', 'x');
    expect(failures).toHaveLength(1);
    link = new TestLink();
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    expect([link.written, outbox.waiting]).toEqual([[], 0]);
  });
});

describe('Outbox: a cancel that the handler cannot prepare', () => {
  it('is told as an error, and holds up no call [HN12]', () => {
    const handler = new (class extends Handler {
      override prepareFrame(frame: Frame, { kind }: FrameInfo): Frame {
        if (kind === 'cancel') throw new Error('no key');
        return frame;
      }
    })();
    const { outbox, context } = newOutbox(handler);
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    outbox.cancel('cancel x', 'x');
    outbox.add(newCall('call'));
    expect([link.written, outbox.hasWaiting]).toEqual([['call'], false]);
    expect(context.emitted).toMatchObject([['error', { code: 'PROTOCOL_ERROR', delivery: 'unsent' }]]);
  });
});

describe('Outbox: frames of the connection itself', () => {
  it('leave before a call that the first of them led to [C3]', () => {
    const { outbox } = newOutbox(new Handler());
    outbox.attach(link);
    outbox.ready(subscriptionFrames());
    link.onWrite = (frame) => {
      if (frame === 'pong 1') outbox.add(newCall('call'));
    };
    outbox.urgent(['pong 1', 'pong 2']);
    expect(link.written).toEqual(['pong 1', 'pong 2', 'call']);
  });

  it('can be taken back by their owner, and by nobody else, until they leave [C3]', async () => {
    const { outbox, context } = newOutbox(new Handler());
    const [login, pinger] = [{}, {}];
    outbox.attach(link);
    link.bufferedAmount = 2_000_000;
    outbox.urgent(['login 1', 'login 2'], login);
    outbox.ping(() => link.send('ping'), pinger);
    outbox.urgent('hello');
    expect([outbox.holds(login), outbox.holds(pinger)]).toEqual([true, true]);
    expect([outbox.recall(login), outbox.recall(login)]).toEqual([true, false]);
    expect([outbox.holds(login), outbox.holds(pinger)]).toEqual([false, true]);
    link.bufferedAmount = 0;
    await context.clock.advance(10);
    expect(link.written).toEqual(['ping', 'hello']);
    expect([outbox.holds(pinger), outbox.recall(pinger)]).toEqual([false, false]);
  });

  it('leave on a connection alone, and tell how long the rate limit holds the next one back [HN23]', async () => {
    const handler = new Handler();
    handler.limits = { frames: { count: 1, window: 1_000, margin: 0 } };
    const { outbox, context } = newOutbox(handler);
    outbox.ping(() => link.send('ping'), {});
    outbox.countFrame();
    expect([outbox.rateDelay, link.written]).toEqual([0, []]);
    outbox.attach(link);
    outbox.urgent('hello');
    expect([outbox.rateDelay, link.written]).toEqual([1_000, ['hello']]);
    await context.clock.advance(600);
    expect(outbox.rateDelay).toBe(400);
    await context.clock.advance(400);
    expect(outbox.rateDelay).toBe(0);
    // The platform answered a ping: the server counts that too.
    outbox.countFrame();
    expect(outbox.rateDelay).toBe(1_000);
  });
});
