import { setTimeout as delay } from 'node:timers/promises';
import { connect, isBack } from '../lib/connect.mjs';
import { failed, passed } from '../lib/verdict.mjs';

const MOMENT = 500;
/** Of the request, for clients whose calls take a timeout. */
const TIMEOUT = 2_000;

/** A request made while the server refuses; what the client reported to the caller must stay true when the server is back. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F12',
  title: 'a request that was reported as failed',
  needs: ['requests'],
  async run(bench) {
    const { client, proxy, server, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    await proxy.refuse();
    await delay(MOMENT);
    const request = client.do('request', 'order', { timeout: TIMEOUT });
    await client.settled(request, durations.refusing);
    const { state } = client.outcome(request);
    const { sessions } = server;
    await proxy.listen();
    const hasReturned = await isBack(bench, sessions);
    const isSent = await server.until(() => server.requests.includes('order'), durations.watching);
    if (state === 'rejected') {
      if (isSent) return failed('sent after it was reported as failed');
      return passed(hasReturned ? 'rejected, never sent' : 'rejected; the client never came back');
    }
    const isSettled = await client.settled(request, durations.settling);
    const outcome = client.outcome(request);
    if (outcome.state === 'rejected' && !isSent) {
      const isLate = await server.until(() => server.requests.includes('order'), durations.watching);
      if (isLate) return failed('sent after it was reported as failed');
    }
    return isSettled ? passed(`${outcome.state} after the return`) : failed('promise pending');
  },
};
