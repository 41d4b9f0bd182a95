import { connect } from '../lib/connect.mjs';
import { failed, passed, seconds } from '../lib/verdict.mjs';

/** @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F13',
  title: '1,000 unanswered requests',
  needs: ['requests'],
  async run(bench) {
    const { client, server, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    server.isAnswering = false;
    const start = performance.now();
    const requests = Array.from({ length: durations.unanswered }, (_, n) => client.do('request', `order ${n}`));
    const pending = () => requests.filter((label) => !client.isSettled(label)).length;
    await client.until(() => pending() === 0, durations.settling);
    const took = seconds(performance.now() - start);
    if (pending() > 0) return failed(`${pending()} of ${requests.length} pending after ${took}`);
    return passed(`all settled after ${took}`);
  },
};
