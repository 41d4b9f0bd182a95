import { failed, passed, seconds } from '../lib/verdict.mjs';

/** @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F9',
  title: 'drop between authentication and its answer',
  needs: ['authentication', 'requests'],
  async run({ client, proxy, server, durations }) {
    server.authentication = 'silent';
    client.do('open');
    const isAsked = await server.until(() => server.authentications > 0, durations.connecting);
    if (!isAsked) return failed('did not authenticate');
    server.authentication = 'accept';
    const start = performance.now();
    proxy.drop();
    const isBack = await server.until(() => server.sessions > 0, durations.recovery);
    if (!isBack) return failed(`not authenticated again in ${seconds(durations.recovery)}`);
    const took = performance.now() - start;
    const request = client.do('request', 'order');
    await client.settled(request, durations.settling);
    const { state, detail } = client.outcome(request);
    if (state === 'resolved') return passed(`back ${seconds(took)} later`);
    return failed(state === 'rejected' ? `a request is rejected: ${detail}` : 'a request stays pending');
  },
};
