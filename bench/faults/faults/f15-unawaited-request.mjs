import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../lib/connect.mjs';
import { failed, passed } from '../lib/verdict.mjs';

/** Nobody listens to the request's promise when the client is closed; a rejection would end the process, which is judged by its exit. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F15',
  title: 'an un-awaited request, then close()',
  needs: ['requests'],
  async run(bench) {
    const { client, server, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    server.isAnswering = false;
    client.do('fire', 'order');
    if (!(await server.until(() => server.requests.length > 0, durations.connecting))) return failed('did not send it');
    client.do('close');
    await delay(durations.watching);
    return passed();
  },
};
