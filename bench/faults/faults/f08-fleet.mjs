import { failed, passed } from '../lib/verdict.mjs';

const BUCKET = 100;
const LIMIT = { blip: 0.25, outage: 0.05 };

/**
 * A model of 10,000 clients that lose a server together, from 1,000 real ones that do: while the server refuses, each draws
 * its delays. Attempts are counted at the nominal time of their client (see fleet-host.mjs), which no load blurs. The first
 * attempt is the one that a blip would have seen; the first one after 12 s is the one that the end of an outage would see.
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
 * Until each has tried after the outage. Who has given up is not told apart from who is slow on a busy machine, except by
 * this: those that are missing have not tried at all for longer than any client waits.
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
