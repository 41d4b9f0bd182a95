const library = require('hpx-transport-ws');
const testing = require('hpx-transport-ws/testing');
const session = require('./session.cjs');

const { jest: tool, test: check } = require('@jest/globals');
const FOR_SOCKETS = ['nextTick', 'setImmediate', 'queueMicrotask'];

const fake = (options, { io, performance }) => ({
  install: () => tool.useFakeTimers(options),
  advance: (ms) => tool.advanceTimersByTimeAsync(ms),
  restore: () => tool.useRealTimers(),
  io,
  performance,
});
check('by default', () => session({ ...library, ...testing }, fake(undefined, { io: false, performance: true })));
check('with performance', () =>
  session({ ...library, ...testing }, fake({ doNotFake: FOR_SOCKETS }, { io: true, performance: true })),
);
check('without performance', () =>
  session(
    { ...library, ...testing },
    fake({ doNotFake: [...FOR_SOCKETS, 'performance'] }, { io: true, performance: false }),
  ),
);
