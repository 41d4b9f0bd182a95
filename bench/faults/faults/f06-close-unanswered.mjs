import { connect } from '../lib/connect.mjs';
import { failed, passed, seconds } from '../lib/verdict.mjs';

/** @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F6',
  title: 'close() with an unanswered request',
  needs: ['requests'],
  async run(bench) {
    const { client, server, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    server.isAnswering = false;
    const request = client.do('request', 'order');
    if (!(await server.until(() => server.requests.length > 0, durations.connecting))) return failed('did not send it');
    const close = client.do('close');
    if (!(await client.settled(close, durations.closing))) {
      return failed(`close() did not resolve in ${seconds(durations.closing)}`);
    }
    const isSettled = await client.settled(request, durations.settling);
    return isSettled ? passed() : passed('but the request’s promise stays pending');
  },
};
