import * as library from 'hpx-transport-ws';
import * as testing from 'hpx-transport-ws/testing';
import sinon from 'sinon';
import session from './session.cjs';

const WITHOUT_PERFORMANCE = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'];
for (const options of [undefined, { toFake: WITHOUT_PERFORMANCE }]) {
  let clock;
  await session(
    { ...library, ...testing },
    {
      install: () => {
        clock = sinon.useFakeTimers(options);
      },
      advance: (ms) => clock.tickAsync(ms),
      restore: () => clock.restore(),
      io: true,
      performance: options === undefined,
    },
  );
}
