import type { Application } from '../application.js';
import type { SimulatedWorld } from '../simulated-world.js';
import { type Fault, once } from './fault.js';

/** Where nothing is confirmed nothing is refused either: no client can know, and it ends with the connection. */
function confirms({ plan }: SimulatedWorld): boolean {
  return plan.server.acknowledge !== 'none';
}

/** In one frame, where the handler puts several topics into one. */
function subscribeAmongOthers(application: Application, topic: string, topics: readonly string[]): void {
  for (const name of [topics.find((other) => other !== topic), topic])
    if (name !== undefined) application.subscribe(name);
}

function expireLogins(world: SimulatedWorld): void {
  if (confirms(world)) world.server.expireLogins();
  else world.server.drop();
}

export const serverFaults: readonly Fault[] = [
  {
    name: 'server: restarts',
    strike: ({ network, server }) => {
      network.admission = 'refuse';
      server.drop();
      return () => {
        network.admission = 'accept';
      };
    },
  },
  once('server: login expires', expireLogins),
  once('server: refuses a login', ({ server }) => {
    server.refuseLogins = { times: 1 };
    server.drop();
  }),
  once('server: refuses logins for good', (world, random) => {
    const { server } = world;
    server.refuseLogins = random.chance(0.2) ? { times: 1, final: true } : { times: random.integer(1, 4) };
    expireLogins(world);
  }),
  {
    name: 'server: flaps',
    strike: ({ server, clock }, random) => {
      server.onConnection = (connection) =>
        void clock.setArrival(() => connection.terminate(), random.integer(0, 3_000));
      return () => {
        server.onConnection = () => {};
      };
    },
  },
  {
    name: 'server: mute',
    strike: ({ server }) => {
      server.mute = true;
      return () => {
        server.mute = false;
        // What it did not hear meanwhile it never will.
        server.drop();
      };
    },
  },
  {
    name: 'server: refuses a topic',
    strike: (world, random) => {
      const { hosts, server, plan } = world;
      const topic = random.pick(plan.topics);
      server.refused.set(topic, 'no such topic');
      // So that it is refused among others that are wanted.
      if (random.chance(0.5)) server.drop();
      if (random.chance(0.5))
        for (const { application } of hosts) subscribeAmongOthers(application, topic, plan.topics);
      return () => {
        server.refused.delete(topic);
        if (!confirms(world)) server.drop();
      };
    },
  },
  once('server: revokes a topic', ({ server, plan }, random) => server.revoke(random.pick(plan.topics))),
  {
    name: 'server: revokes a topic for good',
    strike: (world, random) => {
      world.server.revoke(random.pick(world.plan.topics), true);
      // One that crosses a new subscribe frame tells more than is so.
      return () => {
        if (!confirms(world)) world.server.drop();
      };
    },
  },
  {
    name: 'server: refuses what it served before',
    strike: (world) => {
      const { server } = world;
      for (const topic of server.subscriptions) server.refused.set(topic, 'not now');
      server.drop();
      return () => {
        server.refused.clear();
        if (!confirms(world)) server.drop();
      };
    },
  },
  once('server: pings', ({ server }) => {
    for (const connection of server.connections) connection.ping();
  }),
  {
    name: 'server: reads nothing',
    strike: ({ server }) => {
      const paused = server.connections;
      for (const connection of paused) connection.pause();
      return () => {
        for (const connection of paused) connection.resume();
      };
    },
  },
];
