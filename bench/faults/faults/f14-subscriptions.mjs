import { connect } from '../lib/connect.mjs';
import { failed, passed, seconds } from '../lib/verdict.mjs';

const topicsOf = ({ subscriptions }) => Array.from({ length: subscriptions }, (_, n) => `topic-${n}`);

/** The longest turn of the client's event loop, in processor time, until the server has all of them. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F14',
  title: '4,000 subscriptions at once',
  needs: ['subscriptions'],
  isAlone: true,
  topics: topicsOf,
  async run(bench) {
    const { client, server, durations } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    const before = server.topicCount;
    client.do('subscribeMany', topicsOf(durations));
    await server.until(() => server.topicCount - before >= durations.subscriptions, durations.recovery);
    const count = server.topicCount - before;
    const measure = client.do('longestBlock');
    await client.settled(measure, durations.recovery);
    const longest = Number(client.outcome(measure).detail);
    const what = `event loop blocked for ${longest < 1_000 ? `${longest.toFixed(0)} ms` : seconds(longest)}`;
    if (count < durations.subscriptions) return failed(`${count} of ${durations.subscriptions} subscribed, ${what}`);
    return longest > durations.blocking ? failed(what) : passed(what);
  },
};
