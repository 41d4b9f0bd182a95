import { failed, passed, seconds } from '../lib/verdict.mjs';

/** A request is made at once, while the client connects; then the server refuses the client. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F10',
  title: 'authentication refused',
  needs: ['authentication', 'requests'],
  async run({ client, server, durations }) {
    server.authentication = 'refuse';
    client.do('open');
    const start = performance.now();
    const request = client.do('request', 'order');
    if (!(await server.until(() => server.authentications > 0, durations.connecting))) {
      return failed('did not authenticate');
    }
    const isSettled = await client.settled(request, durations.settling);
    if (!isSettled) return failed(`request pending after ${seconds(durations.settling)}`);
    const { state } = client.outcome(request);
    const took = seconds(performance.now() - start);
    return state === 'rejected' ? passed(`rejected after ${took}`) : failed('request resolved');
  },
};
