import { setTimeout as delay } from 'node:timers/promises';
import { failed, passed } from '../lib/verdict.mjs';

const SECOND = 1_000;

/** The server is slow to accept; meanwhile the application closes. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F5',
  title: 'close() while connecting',
  needs: [],
  async run({ client, proxy, durations }) {
    proxy.mode = 'hold';
    client.do('open');
    if (!(await proxy.until(() => proxy.accepted > 0, durations.connecting))) return failed('did not connect');
    client.do('close');
    await delay(SECOND);
    proxy.release();
    if (!(await proxy.until(() => proxy.live === 0, durations.watching))) return failed('a live socket left behind');
    const isBack = await proxy.until(() => proxy.live > 0, durations.watching);
    return isBack ? failed('connected again after close()') : passed();
  },
};
