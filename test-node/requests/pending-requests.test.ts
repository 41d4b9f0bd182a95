import { beforeEach, describe, expect, it } from 'vitest';
import { ConnectionClosedError, RequestRejectedError } from '../../src/errors.js';
import type { RequestId } from '../../src/identifiers.js';
import type { Outcome, PendingRequest } from '../../src/requests/pending-request.js';
import { PendingRequests } from '../../src/requests/pending-requests.js';
import { VirtualClock } from '../../src/testing/index.browser.js';
import { DeadlineQueue } from '../../src/util/deadline-queue.js';

let clock: VirtualClock;
let outcomes: [id: unknown, outcome: Outcome][];

beforeEach(() => {
  clock = new VirtualClock();
  outcomes = [];
});

function newStore(capacity = 10, longestSleep = 60_000): PendingRequests {
  return new PendingRequests(capacity, new DeadlineQueue(clock, longestSleep), {
    onAborted: () => {},
    onSettled: ({ id }, outcome) => outcomes.push([id, outcome]),
  });
}

const options = { timeout: 1_000 };

/** As a frame does: by the id that it carries. */
function answer(store: PendingRequests, id: RequestId, value: unknown, error?: Error): boolean {
  const request = store.get(id);
  return request !== undefined && store.settle(request, 'answered', value, error);
}

describe('PendingRequests', () => {
  it('resolves a request once and sets its delivery [R1, CL11]', async () => {
    const store = newStore();
    const request = store.add('a', 'frame', options);
    expect(request.call.requestId).toBe('a');
    expect(request.call.delivery).toBe('unsent');
    request.onLeaving();
    request.onWritten();
    expect(request.call.delivery).toBe('unknown');
    expect(answer(store, 'a', 1)).toBe(true);
    expect(answer(store, 'a', 2)).toBe(false);
    expect(answer(store, 'a', undefined, new RequestRejectedError('no'))).toBe(false);
    expect(await request.call).toBe(1);
    expect(request.call.delivery).toBe('answered');
    expect([store.size, outcomes]).toEqual([0, [['a', 'answered']]]);
  });

  it('ignores every later event of a settled request [R1]', () => {
    const store = newStore();
    const request = store.add('a', 'frame', options);
    answer(store, 'a', 1);
    store.add('a', 'frame', options); // an id of the application's own choice
    request.expire();
    request.handleEvent();
    request.onUnwritable(new ConnectionClosedError('over'));
    expect([store.size, outcomes]).toEqual([1, [['a', 'answered']]]);
  });

  it('rejects with the server’s refusal [R1]', async () => {
    const store = newStore();
    const { call } = store.add('a', 'frame', options);
    const error = new RequestRejectedError('no');
    expect(answer(store, 'a', undefined, error)).toBe(true);
    await expect(call).rejects.toBe(error);
    expect(call.delivery).toBe('answered');
  });

  it('resolves a request to undefined [R1]', async () => {
    const store = newStore();
    const { call } = store.add('a', 'frame', options);
    answer(store, 'a', undefined);
    expect(await call).toBeUndefined();
  });

  it('refuses a request above its capacity until another request settles [R3]', () => {
    const store = newStore(2);
    store.add('a', 'frame', options);
    store.add('b', 'frame', options);
    expect(() => store.add('c', 'frame', options)).toThrow(
      expect.objectContaining({ code: 'CAPACITY_EXCEEDED', delivery: 'unsent', capacity: 2 }),
    );
    answer(store, 'a', 1);
    expect(store.add('c', 'frame', options).id).toBe('c');
  });

  it('refuses an id that is pending; 1 and "1" are two ids [DL12, R2]', () => {
    const store = newStore();
    store.add(1, 'frame', options);
    expect(store.add('1', 'frame', options).id).toBe('1');
    expect(() => store.add(1, 'frame', options)).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_ERROR', delivery: 'unsent' }),
    );
    expect(store.size).toBe(2);
  });

  it('refuses the id of a written request that was given up [DL12, R2]', async () => {
    const store = newStore();
    for (const id of ['written', 'waiting', 'answered']) {
      const request = store.add(id, 'frame', options);
      if (id !== 'waiting') {
        request.onLeaving();
        request.onWritten();
      }
    }
    answer(store, 'answered', 1);
    await clock.advance(1_000);
    expect(() => store.add('written', 'frame', options)).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_ERROR', delivery: 'unsent' }),
    );
    expect(store.add('waiting', 'frame', options).id).toBe('waiting');
    expect(store.add('answered', 'frame', options).id).toBe('answered');
  });

  it('remembers the latest 1,024 ids of such requests [C9, R2]', () => {
    const store = newStore(1);
    for (let id = 0; id <= 1_024; id++) {
      const request = store.add(id, 'frame', options);
      request.onLeaving();
      request.onWritten();
      request.onUnwritable(new ConnectionClosedError('over'));
    }
    expect(store.add(0, 'frame', options).id).toBe(0);
    answer(store, 0, 1);
    for (const id of [1, 1_024]) {
      expect(() => store.add(id, 'frame', options)).toThrow(expect.objectContaining({ code: 'PROTOCOL_ERROR' }));
    }
  });

  it('times each request out by its own timeout; Infinity never [R1, CL12]', async () => {
    const store = newStore();
    const calls = [30, 10, 20].map((timeout) => store.add(timeout, 'frame', { timeout }).call);
    store.add('for ever', 'frame', { timeout: Infinity });
    await clock.advance(15);
    expect(outcomes).toEqual([[10, 'timeout']]);
    await clock.advance(1_000_000);
    expect(outcomes.map(([id]) => id)).toEqual([10, 20, 30]);
    await expect(calls[0]).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', duration: 30, delivery: 'unsent' });
    expect(store.size).toBe(1);
  });

  it('times out exactly, whatever the longest timer is [CF12]', async () => {
    const store = newStore(10, 7);
    const call = store.add('a', 'frame', { timeout: 100 }).call;
    await clock.advance(99);
    expect(store.size).toBe(1);
    await clock.advance(1);
    await expect(call).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });

  it('times a written request out as unknown [DL1, R4]', async () => {
    const store = newStore();
    const request = store.add('a', 'frame', options);
    request.onLeaving();
    request.onWritten();
    await clock.advance(1_000);
    await expect(request.call).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', delivery: 'unknown' });
  });

  it('rejects on abort with the reason, and frees the entry and its listener [R6, ER4]', async () => {
    const store = newStore();
    const controller = new AbortController();
    const listened = new Set<unknown>();
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: never, settings: never) => {
      listened.add(listener);
      add(type, listener, settings);
    };
    signal.removeEventListener = (type: string, listener: never) => {
      listened.delete(listener);
      remove(type, listener);
    };
    const answered = store.add('a', 'frame', { ...options, signal });
    const aborted = store.add('b', 'frame', { ...options, signal });
    answer(store, 'a', 1);
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await expect(aborted.call).rejects.toBe(reason);
    expect(await answered.call).toBe(1);
    expect([store.size, listened.size]).toEqual([0, 0]);
  });

  it('clear() rejects all and leaves no timer [R1, C8]', async () => {
    const store = newStore();
    const calls = ['a', 'b'].map((id) => store.add(id, 'frame', options).call);
    store.clear((request: PendingRequest) => new ConnectionClosedError(`over: ${request.id}`));
    await expect(calls[0]).rejects.toThrow('over: a');
    await expect(calls[1]).rejects.toThrow('over: b');
    expect([store.size, clock.pendingTimers]).toEqual([0, 0]);
  });

  it('clear() rejects all, even when a rejection adds another [R1]', () => {
    const store = new PendingRequests(10, new DeadlineQueue(clock), {
      onAborted: () => {},
      onSettled: ({ id }) => {
        if (id === 'a') store.add('new', 'frame', options);
      },
    });
    for (const id of ['a', 'b']) store.add(id, 'frame', options);
    store.clear(() => new ConnectionClosedError('over'));
    expect(store.all().map(({ id }) => id)).toEqual(['new']);
  });

  it('20,000 requests share one timer with logarithmic work for each [C9, F13]', async () => {
    const count = 20_000;
    let reads = 0;
    const counting = {
      now: () => {
        reads++;
        return clock.now();
      },
      setTimer: (callback: () => void, delay: number) => clock.setTimer(callback, delay),
      clearTimer: (timer: unknown) => clock.clearTimer(timer),
    };
    const store = new PendingRequests(count, new DeadlineQueue(counting, 60_000), {
      onSettled: () => {},
      onAborted: () => {},
    });
    for (let id = 0; id < count; id++) store.add(id, 'frame', { timeout: 30_000 + ((id * 7_919) % 10_000) });
    expect(clock.pendingTimers).toBe(1);
    expect(reads / count).toBeLessThan(5);
    for (let id = 0; id < count; id += 2) answer(store, id, id);
    expect(store.size).toBe(count / 2);
    await clock.advance(40_000);
    expect(store.size).toBe(0);
    expect(reads / count).toBeLessThan(10);
  });
});
