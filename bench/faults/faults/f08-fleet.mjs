import { failed, passed } from '../lib/verdict.mjs';

const BUCKET = 100;
const LIMIT = { blip: 0.25, outage: 0.05 };

/**
 * A model of 10,000 clients that lose a server together, made from 1,000 real clients. While the server refuses, each client
 * draws its delays. Attempts count at the nominal time of their client (see fleet-host.mjs), so load changes nothing. The
 * first attempt is what the server sees after a blip. The first attempt after 12 s is what the server sees after an outage.
 * @type {import('../lib/catalogue.mjs').Fault}
 */
export default {
  id: 'F8',
  title: '10,000 clients, one outage (model)',
  needs: [],
  isDefault: true,
  isHeavy: true,
  fleet: ({ fleet }) => fleet,
  async run({ client, proxy, server, durations }) {
    const { fleet, outage, opening, quiet } = durations;
    client.do('open');
    if (!(await server.until(() => server.sessions >= fleet, opening))) {
      return failed(`only ${server.sessions} of ${fleet} connected`);
    }
    const begin = client.do('begin');
    await client.settled(begin, opening);
    await proxy.refuse();
    await untilReturned(client, { fleet, outage, quiet });
    return judge(firstFrom(client.values, 0), firstFrom(client.values, outage), fleet);
  },
};

/**
 * Waits until each client has tried after the outage. A client that has not tried for longer than any client waits has given
 * up; before that it may only be slow on a busy machine.
 */
async function untilReturned(client, { fleet, outage, quiet }) {
  const returned = new Set();
  let seen = 0;
  const hasTried = () => {
    const missing = client.values.slice(seen).filter((attempt) => !returned.has(attempt.client));
    seen = client.values.length;
    for (const attempt of missing) if (attempt.at >= outage) returned.add(attempt.client);
    return missing.length > 0;
  };
  while (returned.size < fleet && (await client.until(hasTried, quiet)));
}

/** @returns {Map<number, number>} when each client first tried, from a moment on */
function firstFrom(attempts, moment) {
  const first = new Map();
  for (const { client, at } of attempts) {
    if (at >= moment && !first.has(client)) first.set(client, at - moment);
  }
  return first;
}

/** @param {Map<number, number>} delays @param {number} fleet */
function fullestShare(delays, fleet) {
  const buckets = new Map();
  for (const value of delays.values()) {
    const bucket = Math.floor(value / BUCKET);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return Math.max(0, ...buckets.values()) / fleet;
}

function judge(first, back, fleet) {
  const blip = fullestShare(first, fleet);
  const outage = fullestShare(back, fleet);
  const lost = fleet - back.size;
  const percent = (/** @type {number} */ share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  const shares = `${percent(blip)} in one 100 ms after a blip, ${percent(outage)} after an outage`;
  const what = lost > 0 ? `${shares}, ${percent(lost / fleet)} gave up` : shares;
  return lost > 0 || blip > LIMIT.blip || outage > LIMIT.outage ? failed(what) : passed(what);
}
