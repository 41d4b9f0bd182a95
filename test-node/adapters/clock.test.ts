import { nodeRuntime } from 'hpx-transport-ws/adapters/node';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const DAY = 86_400_000;

describe('systemClock', () => {
  it('never fires early by its own time, and never synchronously', async () => {
    const start = nodeRuntime.clock.now();
    let fired = 0;
    const delays = [0, 1, 2.5, 7.001, 20];
    const early = Promise.all(
      delays.map(
        (delay) =>
          new Promise<number>((resolve) => {
            nodeRuntime.clock.setTimer(() => {
              fired++;
              resolve(nodeRuntime.clock.now() - start - delay);
            }, delay);
          }),
      ),
    );
    expect(fired).toBe(0);
    for (const late of await early) expect(late).toBeGreaterThanOrEqual(0);
  });

  it('waits again when the host fires a millisecond early', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let now = 1_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const callback = vi.fn();
    nodeRuntime.clock.setTimer(callback, 50);
    now = 1_049.3;
    vi.advanceTimersByTime(50);
    expect(callback).not.toHaveBeenCalled();
    now = 1_050;
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('splits a delay that is too long for setTimeout [RT5]', () => {
    vi.useFakeTimers();
    const callback = vi.fn();
    nodeRuntime.clock.setTimer(callback, 60 * DAY);
    vi.advanceTimersByTime(60 * DAY - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('clears a timer in any part of a split delay, and ignores other values', () => {
    vi.useFakeTimers();
    const callback = vi.fn();
    const timer = nodeRuntime.clock.setTimer(callback, 60 * DAY);
    vi.advanceTimersByTime(30 * DAY);
    nodeRuntime.clock.clearTimer(timer);
    nodeRuntime.clock.clearTimer(timer);
    nodeRuntime.clock.clearTimer(undefined);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60 * DAY);
    expect(callback).not.toHaveBeenCalled();
  });

  it('gives Unix time and monotonic time', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
    expect(nodeRuntime.clock.wallTime?.()).toBe(1_700_000_000_000);
  });
});
