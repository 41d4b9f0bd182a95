import { connect } from '../lib/connect.mjs';
import { failed, passed, seconds } from '../lib/verdict.mjs';

/** The server has the request when the connection is cut; it answers if the client asks again. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F3',
  title: 'drop with a request in flight',
  needs: ['requests'],
  async run(bench) {
    const { client, proxy, server, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    server.isAnswering = false;
    const request = client.do('request', 'order');
    if (!(await server.until(() => server.requests.length > 0, durations.connecting))) return failed('did not send it');
    server.isAnswering = true;
    const start = performance.now();
    proxy.drop();
    if (await client.settled(request, durations.settling)) {
      return passed(`${client.outcome(request).state} after ${seconds(performance.now() - start)}`);
    }
    client.do('close');
    const isSettled = await client.settled(request, durations.closing);
    return failed(isSettled ? 'promise pending until close()' : 'promise pending after close()');
  },
};
