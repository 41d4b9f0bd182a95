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

describe('systemClock beside fake timers', () => {
  const { clock } = nodeRuntime;
  const TIMERS = ['setTimeout', 'clearTimeout'] as const;

  it.each([
    ['with a fake performance', [...TIMERS, 'performance']],
    ['with the real performance', [...TIMERS]],
  ] as const)('fires in faked time, %s [RT10]', (_, toFake) => {
    vi.useFakeTimers({ toFake: [...toFake] });
    const start = clock.now();
    const times: number[] = [];
    clock.setTimer(() => {}, 29_999.5);
    clock.setTimer(() => times.push(clock.now() - start), 30_000);
    clock.setTimer(() => clock.setTimer(() => times.push(clock.now() - start), 49.7654321), 40_000);
    vi.advanceTimersByTime(29_000);
    expect(times).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(times).toHaveLength(1);
    vi.advanceTimersByTime(10_050);
    expect(times.map((time) => Math.round(time / 10) * 10)).toEqual([30_000, 40_050]);
  });

  it('fires once per millisecond of faked time, without help of the real clock [RT10]', () => {
    vi.useFakeTimers({ toFake: [...TIMERS] });
    vi.spyOn(performance, 'now').mockReturnValue(1_000);
    let fired = 0;
    const again = () => {
      fired++;
      if (fired < 30) clock.setTimer(again, 1.4);
    };
    again();
    vi.advanceTimersByTime(100);
    expect(fired).toBe(30);
  });

  it('goes on with timers that were set in faked time when real time is back [RT10]', async () => {
    vi.useFakeTimers();
    const fired = new Promise<void>((resolve) => {
      clock.setTimer(resolve, 30_005);
    });
    vi.advanceTimersByTime(30_000);
    vi.useRealTimers();
    clock.now();
    await fired;
  });

  it('takes timers that were set in real time over into faked time [RT10]', () => {
    const callback = vi.fn();
    clock.setTimer(callback, 60_000);
    vi.useFakeTimers();
    clock.now();
    vi.advanceTimersByTime(60_000);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('clears a timer that was set before the change, on either side [RT10]', () => {
    const callback = vi.fn();
    const real = clock.setTimer(callback, 1_000);
    vi.useFakeTimers();
    const faked = clock.setTimer(callback, 2_000);
    clock.clearTimer(real);
    expect(vi.getTimerCount()).toBe(1);
    vi.useRealTimers();
    clock.clearTimer(faked);
    vi.useFakeTimers();
    vi.advanceTimersByTime(10_000);
    expect(callback).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never steps back and does not jump when timers are faked and real again [RT4, RT10]', () => {
    const times = [clock.now()];
    vi.useFakeTimers();
    times.push(clock.now());
    vi.advanceTimersByTime(10_000);
    times.push(clock.now());
    vi.useRealTimers();
    times.push(clock.now());
    const steps = times.slice(1).map((time, index) => Math.round((time - (times[index] as number)) / 1_000));
    expect(steps).toEqual([0, 10, 0]);
  });
});
