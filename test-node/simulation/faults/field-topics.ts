import type { SeededRandom, SimulatedConnection } from 'hpx-transport-ws/testing';
import type { SimulatedWorld } from '../simulated-world.js';
import type { Fault } from './fault.js';

/** Asking for one topic makes the server end the connection. */
function poison({ hosts, plan, server }: SimulatedWorld, random: SeededRandom): () => void {
  const topic = random.pick(plan.topics);
  server.poisoned.add(topic);
  for (const { application } of hosts)
    for (const name of plan.topics) if (name === topic || random.chance(0.5)) application.subscribe(name);
  return () => void server.poisoned.delete(topic);
}

/** The handler cannot build a frame for one topic. */
function forbid({ hosts, plan, recorder, server }: SimulatedWorld, random: SeededRandom): () => void {
  const topic = random.pick(plan.topics);
  const set = (topics: readonly string[]) => {
    recorder.write({ type: 'unbuildable', topics });
    for (const { whims } of hosts) {
      whims.unbuildable.clear();
      for (const name of topics) whims.unbuildable.add(name);
    }
  };
  set([topic]);
  for (const { application } of hosts) for (const name of plan.topics.slice(0, 3)) application.subscribe(name);
  if (random.chance(0.5)) server.drop();
  return () => set([]);
}

/** Topics are asked for while there is no connection, for longer than a call may take. */
function subscribeOffline({ hosts, network, plan, server }: SimulatedWorld, random: SeededRandom): () => void {
  network.admission = 'refuse';
  server.drop();
  for (const { application } of hosts)
    for (let count = random.integer(1, 3); count > 0; count--)
      application.subscribe(random.pick(plan.topics), { timeout: random.integer(200, 3_000) });
  return () => {
    network.admission = 'accept';
  };
}

/** Many signals at once that the login has ended: of a live session, or while the login is under way. */
function expireManyTimes({ plan, server }: SimulatedWorld, random: SeededRandom): (() => void) | undefined {
  const expire = (connection: SimulatedConnection) => {
    if (plan.server.key === undefined) return;
    for (let count = 20; count > 0; count--) connection.sendJson({ op: 'expired' });
  };
  // Where nothing is confirmed nobody learns of what is refused meanwhile.
  if (plan.server.acknowledge === 'none' || random.chance(0.5)) {
    server.onConnection = expire;
    server.drop();
    return () => {
      if (server.onConnection === expire) server.onConnection = () => {};
    };
  }
  server.expireLogins();
  for (const connection of server.connections) expire(connection);
  return undefined;
}

export const fieldTopicFaults: readonly Fault[] = [
  { name: 'field: a topic that ends connections', lasts: [3_000, 12_000, 60_000], strike: poison },
  { name: 'field: a topic without a frame', strike: forbid },
  { name: 'field: subscribes during an outage', lasts: [3_000, 12_000], strike: subscribeOffline },
  { name: 'field: many signals to authenticate', strike: expireManyTimes },
];
