import { connect } from '../lib/connect.mjs';
import { failed, passed, seconds } from '../lib/verdict.mjs';

const TOPICS = ['first', 'second', 'third'];

/** After a drop the client subscribes again; before that is confirmed the connection is cut once more. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F11',
  title: 'a second drop during resubscription',
  needs: ['subscriptions'],
  topics: () => TOPICS,
  async run(bench) {
    const { client, proxy, server, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    const labels = TOPICS.map((topic) => client.do('subscribe', topic));
    for (const label of labels) await client.settled(label, durations.connecting);
    const areAll = () => TOPICS.every((topic) => server.topics().has(topic));
    if (!(await server.until(areAll, durations.connecting))) return failed('did not subscribe');
    server.isConfirming = false;
    const { subscribes } = server;
    proxy.drop();
    const isTried = await server.until(() => server.subscribes > subscribes, durations.recovery);
    if (!isTried) return failed('does not subscribe again after a drop');
    server.isConfirming = true;
    proxy.drop();
    if (!(await server.until(areAll, durations.recovery))) {
      const lost = TOPICS.filter((topic) => !server.topics().has(topic)).length;
      return failed(`${lost} of ${TOPICS.length} subscriptions lost`);
    }
    for (const [index, topic] of TOPICS.entries()) server.publish(topic, index);
    const isDelivered = await client.until(() => new Set(client.values).size === TOPICS.length, durations.watching);
    return isDelivered ? passed() : failed(`subscribed, but deaf for ${seconds(durations.watching)}`);
  },
};
