import { setTimeout as delay } from 'node:timers/promises';
import { connect, isBack } from '../lib/connect.mjs';
import { failed, passed, seconds } from '../lib/verdict.mjs';

/** @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F4',
  title: 'connection refused for 6 s, then back',
  needs: [],
  async run(bench) {
    const { proxy, server, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    await proxy.refuse();
    await delay(durations.refusing);
    const { sessions } = server;
    await proxy.listen();
    const start = performance.now();
    if (!(await isBack(bench, sessions))) return failed(`not back in ${seconds(durations.recovery)}`);
    return passed(`back ${seconds(performance.now() - start)} later`);
  },
};
