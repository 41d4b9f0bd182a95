import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../lib/connect.mjs';
import { failed, passed, seconds } from '../lib/verdict.mjs';

/** Failed attempts that make a back-off. */
const ATTEMPTS = 3;
const MOMENT = 200;

/**
 * Every attempt fails. The application closes soon after the third, when the next delay has hardly begun, and has nothing
 * else to do: its process should end.
 * @type {import('../lib/catalogue.mjs').Fault}
 */
export default {
  id: 'F7',
  title: 'close() during back-off',
  needs: [],
  async run(bench) {
    const { client, proxy, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    const before = proxy.accepted;
    proxy.mode = 'reset';
    proxy.drop();
    await proxy.until(() => proxy.accepted >= before + ATTEMPTS, durations.backOff);
    await delay(MOMENT);
    const start = performance.now();
    const close = client.do('close');
    if (!(await client.settled(close, durations.closing))) {
      return failed(`close() did not resolve in ${seconds(durations.closing)}`);
    }
    const { accepted } = proxy;
    client.do('leave');
    const isGone = await client.until(() => client.exit !== undefined, durations.lingering);
    const took = performance.now() - start;
    if (!isGone) return failed(`process still alive after ${seconds(took)}`);
    if (proxy.accepted > accepted) return failed(`${proxy.accepted - accepted} more attempts after close()`);
    return took > durations.leaving ? failed(`process alive for ${seconds(took)} more`) : passed();
  },
};
