import type { MockConnection } from 'hpx-transport-ws/testing';
import type { RealWorld } from './real-world.js';

/** Breaks something of a world; returns what mends it, unless it mends itself. */
export type RealFault = (world: RealWorld) => (() => Promise<void> | void) | undefined;

const DIRECTIONS = ['to-client', 'to-server', 'both'] as const;
const WAYS = ['to-client', 'to-server'] as const;
const STYLES = ['end', 'reset'] as const;

/** Every fault of the proxy, and some of the server, each as one thing that befalls both clients or one of them. */
export const realFaults: Readonly<Record<string, RealFault>> = {
  cut: ({ proxy, random }) => void (proxy.links.length > 0 && random.pick(proxy.links).cut()),
  reset: ({ proxy }) => void proxy.reset(),
  'black hole': ({ proxy, random }) => void proxy.blackHole(random.pick(DIRECTIONS)),
  stall: ({ proxy, random }) => {
    const direction = random.pick(DIRECTIONS);
    proxy.stall(direction);
    return () => proxy.release(direction);
  },
  slow: ({ proxy, random }) => {
    proxy.slow({ latency: random.integer(0, 10), rate: random.integer(5_000, 100_000) });
    return () => proxy.slow();
  },
  'cut in a frame': ({ proxy, random }) => {
    for (const link of proxy.links) link.cutAfter(random.integer(1, 300), random.pick(WAYS), random.pick(STYLES));
    return undefined;
  },
  'half close': ({ proxy, random }) => {
    for (const link of proxy.links) link.halfClose(random.pick(WAYS));
    return undefined;
  },
  refuse: ({ proxy }) => {
    proxy.refuse();
    proxy.cut();
    return () => proxy.accept();
  },
  hang: ({ proxy, random }) => {
    proxy.admission = random.pick(['hang', 'reset']);
    proxy.cut();
    return () => {
      proxy.admission = 'forward';
    };
  },
  flap: ({ proxy, random }) => {
    // From within the answer to the upgrade to within the resubscription.
    proxy.flap(random.integer(1, 6), random.integer(1, 400), random.pick(WAYS), random.pick(STYLES));
    proxy.cut();
    return () => proxy.flap(0, 1);
  },
  'server restart': ({ server }) => {
    const stopped = server.stop();
    return async () => {
      await stopped;
      await server.restart();
    };
  },
  'server close': ({ server, random }) => void server.closeAll(random.pick([1_000, 1_001, 1_011, 1_012, 1_013, 4_000])),
  'server refuses': ({ proxy, server, random }) => {
    server.refuseUpgrades({ status: random.pick([429, 500, 503]) });
    proxy.cut();
    return () => server.acceptUpgrades();
  },
  'mute server': ({ server }) => {
    for (const connection of server.connections) connection.mute();
    return undefined;
  },
  'a frame lost in the server': ({ server, random }) =>
    server.respondTo(random.pick(['"op":"subscribe"', '"op":"auth"']), [], { once: true }),
  'acknowledgement lost': ({ server }) => {
    const lose = (text: string, { subscriptions }: MockConnection) => {
      const { op, args } = JSON.parse(text) as { op: string; args: readonly string[] };
      for (const topic of args) {
        if (op === 'subscribe') subscriptions.add(topic);
        else subscriptions.delete(topic);
      }
      return [];
    };
    return server.respondTo('subscribe"', lose);
  },
  'answer lost': ({ server }) => server.respondTo('"op":"echo"', []),
  'burst of answers': ({ server, random }) => {
    server.delay = () => random.integer(0, 30);
    return () => {
      server.delay = 0;
    };
  },
  pause: ({ hosts, random }) => {
    const { application } = random.pick(hosts);
    application.pause();
    return () => application.resume();
  },
};
