import * as library from 'hpx-transport-ws';
import * as testing from 'hpx-transport-ws/testing';
import session from './session.cjs';

const { test, vi } = globalThis;
const WITHOUT_PERFORMANCE = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'];

const fake = (options, performance) => ({
  install: () => vi.useFakeTimers(options),
  advance: (ms) => vi.advanceTimersByTimeAsync(ms),
  restore: () => vi.useRealTimers(),
  io: true,
  performance,
});
test('by default', () => session({ ...library, ...testing }, fake(undefined, false)));
test('with performance', () =>
  session({ ...library, ...testing }, fake({ toFake: [...WITHOUT_PERFORMANCE, 'performance'] }, true)));
test('without performance', () => session({ ...library, ...testing }, fake({ toFake: WITHOUT_PERFORMANCE }, false)));
