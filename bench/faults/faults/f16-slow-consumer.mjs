import { connect } from '../lib/connect.mjs';
import { failed, passed } from '../lib/verdict.mjs';

const TOPIC = 'ticks';

/** A burst for a reader that takes 2 ms for each value; then one more value, to see that the stream continues. @type {import('../lib/catalogue.mjs').Fault} */
export default {
  id: 'F16',
  title: 'a slow consumer',
  needs: ['messages'],
  topics: () => [TOPIC],
  async run(bench) {
    const { client, server, durations, adapter } = bench;
    const failure = await connect(bench);
    if (failure) return failure;
    const reading = client.do('consume', TOPIC);
    await client.started(reading, durations.connecting);
    if (!adapter.lacks.subscriptions) await server.until(() => server.topics().has(TOPIC), durations.connecting);
    for (let value = 1; value <= durations.burst; value++) server.publish(TOPIC, value);
    await client.until(() => client.values.includes(durations.burst), durations.recovery);
    const received = client.values.length;
    server.publish(TOPIC, 0);
    const goesOn = await client.until(() => client.values.includes(0), durations.recovery);
    const asked = client.do('dropped');
    await client.settled(asked, durations.watching);
    const lost = durations.burst - received - Number(client.outcome(asked).detail);
    if (lost > 0) return failed(`${lost} of ${durations.burst} silently lost`);
    return goesOn ? passed(`${received} of ${durations.burst} received`) : failed('the stream ended');
  },
};
