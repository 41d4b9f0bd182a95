import { connect } from '../lib/connect.mjs';
import { failed, passed, seconds } from '../lib/verdict.mjs';

/** The socket stays, and no byte passes any more; a new connection would work. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F2',
  title: 'half-open link: the socket stays, the server is mute',
  needs: [],
  async run(bench) {
    const { proxy, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    const before = proxy.accepted;
    const start = performance.now();
    proxy.mute();
    const isNoticed = await proxy.until(() => proxy.accepted > before, durations.halfOpen);
    if (!isNoticed) return failed(`never noticed in ${seconds(durations.halfOpen)}`);
    return passed(`after ${seconds(performance.now() - start)}`);
  },
};
