import { setTimeout as delay } from 'node:timers/promises';
import { connect, isBack } from '../lib/connect.mjs';
import { failed, passed } from '../lib/verdict.mjs';

/** The WebSocket opens and is closed at once with 1012, again and again; then the server is well. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F1',
  title: 'server accepts and closes at once, for 10 s',
  needs: [],
  async run(bench) {
    const { proxy, server, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    const before = proxy.accepted;
    proxy.mode = 'slam';
    proxy.drop();
    await delay(durations.slamming);
    const what = `${proxy.accepted - before} connections`;
    const isFlood = proxy.accepted - before > durations.slammedConnections;
    const { sessions } = server;
    proxy.mode = 'pass';
    if (!(await isBack(bench, sessions))) return failed(`${what}, then never came back`);
    return isFlood ? failed(what) : passed(what);
  },
};
