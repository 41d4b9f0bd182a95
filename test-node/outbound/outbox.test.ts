import { beforeEach, describe, expect, it } from 'vitest';
import { GenericJsonHandler } from '../../src/handlers/generic-json.js';
import type { OutboundCall, Priority } from '../../src/outbound/outbound-call.js';
import { Outbox } from '../../src/outbound/outbox.js';
import type { Frame, Limits } from '../../src/protocol/handler-types.js';
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
  send(frame: Frame): void {
    if (this.refuses) throw new Error('closed');
    this.written.push(frame);
  }
  refused(cause: unknown): void {
    failures.push(cause);
  }
}

let link: TestLink;
let subscriptions: string[];
let failures: unknown[];

function newOutbox(handler: Handler): { outbox: Outbox; context: TestContext } {
  const context = testContext({ handler });
  return {
    context,
    outbox: new Outbox(context, new DeadlineQueue(context.clock), { hasQueued: false, inTurn: (act) => act() }),
  };
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
