import { connect } from '../lib/connect.mjs';
import { failed, passed, seconds } from '../lib/verdict.mjs';

/** Nothing happens, except what the client and its server do by themselves. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F17',
  title: 'default settings, healthy idle link',
  needs: [],
  isDefault: true,
  async run(bench) {
    const { proxy, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    const before = proxy.accepted;
    const start = performance.now();
    const isDropped = await proxy.until(() => proxy.accepted > before || proxy.live === 0, durations.idle);
    return isDropped ? failed(`dropped after ${seconds(performance.now() - start)}`) : passed();
  },
};
