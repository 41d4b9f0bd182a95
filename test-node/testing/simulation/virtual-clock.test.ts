import fc from 'fast-check';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { ReferenceServer, SimulatedNetwork, VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it, vi } from 'vitest';

describe('VirtualClock', () => {
  it('fires timers by due time, then by age [PK9]', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 })), async (delays) => {
        const clock = new VirtualClock({ turns: 0 });
        const fired: [delay: number, index: number][] = [];
        delays.forEach((delay, index) => {
          clock.setTimer(() => {
            expect(clock.now()).toBe(delay);
            fired.push([delay, index]);
          }, delay);
        });
        await clock.advance(50);
        expect(fired).toEqual(
          delays.map((delay, index): [number, number] => [delay, index]).sort(([a, i], [b, j]) => a - b || i - j),
        );
        expect(clock.pendingTimers).toBe(0);
      }),
    );
  });

  it('moves with each delay above 0, however small, so that a loop which waits for the rest of a time ends [PK9]', async () => {
    for (const start of [0.1, 1, 1_024, 86_400_000.137]) {
      const clock = new VirtualClock({ turns: 0 });
      await clock.advance(start);
      let movedTo = 0;
      clock.setTimer(() => {
        movedTo = clock.now();
      }, Number.MIN_VALUE);
      await clock.advance(1);
      expect(movedTo).toBeGreaterThan(start);
      expect(movedTo - start).toBeLessThan(1e-6);
    }
  });

  it('never fires a cleared timer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean())), async (entries) => {
        const clock = new VirtualClock({ turns: 0 });
        const fired: number[] = [];
        const timers = entries.map(([delay], index) => clock.setTimer(() => fired.push(index), delay));
        entries.forEach(([, clears], index) => {
          if (clears) clock.clearTimer(timers[index]);
        });
        const kept = entries.flatMap(([, clears], index) => (clears ? [] : [index]));
        expect(clock.pendingTimers).toBe(kept.length);
        await clock.advance(20);
        expect([...fired].sort((a, b) => a - b)).toEqual(kept);
      }),
    );
  });

  it('runs the code that a timer resumes before the next timer', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(resolve, ms));
    void (async () => {
      for (const name of ['a', 'b']) {
        await sleep(10);
        for (let turn = 0; turn < 20; turn++) await undefined;
        order.push(`${name} ${clock.now()}`);
      }
    })();
    clock.setTimer(() => order.push('c'), 10);
    await clock.advance(20);
    expect(order).toEqual(['a 10', 'c', 'b 20']);
  });

  it('settle() runs what is due now', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.setTimer(() => order.push('due'), 0);
    clock.setTimer(() => order.push('later'), 1);
    expect(order).toEqual([]);
    await clock.settle();
    expect(order).toEqual(['due']);
  });

  it('jump() fires overdue timers late, then arrivals', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.setArrival(() => order.push(`arrival ${clock.now()}`), 5);
    clock.setTimer(() => {
      order.push(`timer ${clock.now()}`);
      clock.setTimer(() => order.push(`set meanwhile ${clock.now()}`), 0);
    }, 10);
    clock.setTimer(() => order.push('not due'), 1_001);
    await clock.jump(1_000);
    expect(order).toEqual(['timer 1000', 'arrival 1000', 'set meanwhile 1000']);
    expect(clock.pendingTimers).toBe(1);
  });

  it('throttle() fires timers on a grid and does not delay arrivals', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.throttle(1_000);
    clock.setTimer(() => order.push(`timer ${clock.now()}`), 10);
    clock.setArrival(() => order.push(`arrival ${clock.now()}`), 20);
    await clock.advance(999);
    expect(order).toEqual(['arrival 20']);
    await clock.advance(1);
    expect(order).toEqual(['arrival 20', 'timer 1000']);
    clock.throttle(0);
    clock.setTimer(() => order.push(`timer ${clock.now()}`), 10);
    await clock.advance(10);
    expect(order.at(-1)).toBe('timer 1010');
  });

  it('alsoArrived() gives the code after each of several arrivals its turns before time moves', async () => {
    const clock = new VirtualClock({ turns: 4 });
    const turnsUntil = async (count: number): Promise<number> => {
      for (; count > 0; count--) await undefined;
      return clock.now();
    };
    const done: Promise<number>[] = [];
    clock.setArrival(() => {
      clock.alsoArrived(9);
      done.push(turnsUntil(30));
    }, 5);
    clock.setArrival(() => done.push(turnsUntil(30)), 10);
    clock.setTimer(() => {}, 15);
    await clock.advance(20);
    // Ten arrivals have forty turns at 5; one has four at 10, four at 15, and none after that.
    expect(await Promise.all(done)).toEqual([5, 20]);
  });

  it('throttle() works across a sleep', async () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    clock.throttle(60_000);
    clock.setTimer(() => fired.push(clock.now()), 1);
    await clock.advance(59_999);
    expect(fired).toEqual([]);
    clock.setTimer(() => fired.push(clock.now()), 60_000);
    await clock.jump(3_600_000);
    expect(fired).toEqual([3_659_999, 3_659_999]);
  });

  it('stepWall() moves only the wall clock', async () => {
    const clock = new VirtualClock({ wallTime: 1_000 });
    await clock.advance(10);
    clock.stepWall(-500);
    expect([clock.now(), clock.wallTime()]).toEqual([10, 510]);
  });

  it('refuses an impossible delay and two moves at once', async () => {
    const clock = new VirtualClock();
    for (const delay of [Infinity, Number.NaN]) expect(() => clock.setTimer(() => {}, delay)).toThrow(RangeError);
    const moving = clock.advance(1);
    await expect(clock.advance(1)).rejects.toThrow('moving');
    await moving;
    clock.clearTimer(undefined);
  });

  it('passes on what a timer throws, and works afterwards', async () => {
    const clock = new VirtualClock();
    let fired = false;
    clock.setTimer(() => {
      throw new Error('bug');
    }, 1);
    clock.setTimer(() => {
      fired = true;
    }, 2);
    await expect(clock.advance(5)).rejects.toThrow('bug');
    await clock.advance(5);
    expect(fired).toBe(true);
  });
});

describe('until()', () => {
  const settleIn = (clock: VirtualClock, ms: number, settle: () => unknown) =>
    new Promise((resolve, reject) => {
      clock.setTimer(() => {
        try {
          resolve(settle());
        } catch (error) {
          reject(error);
        }
      }, ms);
    });

  it('moves time to where a promise settles, and returns its value [PK21]', async () => {
    const clock = new VirtualClock();
    const late = vi.fn();
    clock.setTimer(late, 5_001);
    expect(await clock.until(settleIn(clock, 5_000, () => 'value'))).toBe('value');
    expect(clock.now()).toBe(5_000);
    expect(late).not.toHaveBeenCalled();
  });

  it('does not move time for a promise that is settled [PK21]', async () => {
    const clock = new VirtualClock();
    clock.setTimer(() => {}, 1);
    expect(await clock.until(Promise.resolve(7))).toBe(7);
    expect([clock.now(), clock.pendingTimers]).toEqual([0, 1]);
  });

  it('throws what the promise rejects with, and can be called again [PK21]', async () => {
    const clock = new VirtualClock();
    const failing = settleIn(clock, 10, () => {
      throw new Error('refused');
    });
    await expect(clock.until(failing)).rejects.toThrow('refused');
    expect(await clock.until(settleIn(clock, 5, () => 1))).toBe(1);
    expect(clock.now()).toBe(15);
  });

  it('says so when no timer is left, or when the limit has passed [PK21]', async () => {
    const clock = new VirtualClock();
    const never = new Promise(() => {});
    await expect(clock.until(never)).rejects.toThrow(/no timer is left/);
    const tick = (): unknown => clock.setTimer(tick, 30_000);
    tick();
    await expect(clock.until(never, 60_000)).rejects.toThrow(/pending after 60000 ms/);
    await expect(clock.until(never)).rejects.toThrow(/pending after 86400000 ms/);
    expect(clock.now()).toBe(60_000 + 86_400_000);
  });

  it('connects and subscribes a client on a simulated network [PK21]', async () => {
    const network = new SimulatedNetwork({ seed: 1 });
    new ReferenceServer(network, 'ws://exchange');
    const client = new WebSocketClient({ url: 'ws://exchange' }, new GenericJsonHandler(), network.runtime());
    await network.clock.until(client.connect());
    const trades = await network.clock.until(client.subscribe('trades.BTC'));
    expect([client.state, trades.topic]).toEqual(['ready', 'trades.BTC']);
    const timeout = network.clock.until(client.request({ op: 'echo' }, { timeout: 0.1 }));
    await expect(timeout).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    await network.clock.until(client.close());
  });
});
