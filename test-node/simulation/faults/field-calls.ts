import type { SeededRandom } from 'hpx-transport-ws/testing';
import { actInside, HOOKS } from '../act-inside.js';
import type { SimulatedWorld } from '../simulated-world.js';
import { type Fault, once } from './fault.js';

type Frame = Readonly<Record<string, unknown>>;

/** Texts that look like JSON and are not. */
const SPOILS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/\}$/, ',}'),
  (text) => text.replace(/\}$/, ',"price":NaN}'),
  (text) => `${text}}`,
];

/** Some of the server's frames are no JSON for a while. */
const unreadable = (name: string, which: (frame: Frame) => boolean, after: (world: SimulatedWorld) => void): Fault => ({
  name,
  strike: (world, random) => {
    const { server } = world;
    const spoil = random.pick(SPOILS);
    const own: typeof server.onSend = (frame, send, connection) => {
      if (which(frame) && random.chance(0.7)) connection.send(spoil(JSON.stringify(frame)));
      else send();
    };
    server.onSend = own;
    return () => {
      if (server.onSend !== own) return;
      server.onSend = (_frame, send) => send();
      after(world);
    };
  },
});

/** The server takes a moment to answer, and the connection is to be replaced meanwhile. */
const replaced = (name: string, replace: (world: SimulatedWorld) => void): Fault => ({
  name,
  lasts: [3_000],
  strike: (world, random) => {
    const { clock, hosts, server } = world;
    const delay = random.integer(1, 700);
    const own: typeof server.onSend = (frame, send) => {
      if (frame.req_id === undefined || frame.op !== undefined) send();
      else clock.setArrival(send, delay);
    };
    server.onSend = own;
    for (const { application } of hosts)
      for (let count = random.integer(1, 3); count > 0; count--) application.request({ retry: 'unsent' });
    let isOver = false;
    clock.setArrival(
      () => {
        if (!isOver) replace(world);
      },
      random.integer(0, 400),
    );
    return () => {
      isOver = true;
      for (const { whims } of hosts) whims.lifetime = undefined;
      if (server.onSend === own) server.onSend = (_frame, send) => send();
    };
  },
});

/** The handler signs each request, which takes a while; calls end meanwhile. */
function signSlowly({ clock, hosts }: SimulatedWorld, random: SeededRandom): () => void {
  const delay = random.integer(1, 300);
  for (const { application, whims } of hosts) {
    let count = 0;
    // Every other one is cheap: it leaves as soon as it may.
    whims.sign = (text) =>
      ++count % 2 === 0 ? undefined : new Promise((resolve) => void clock.setArrival(() => resolve(text), delay));
    const controller = new AbortController();
    const calls = Array.from({ length: random.integer(2, 5) }, () =>
      application.request(
        random.chance(0.5) ? { controller, timeout: 4 * delay } : { timeout: random.integer(1, 4 * delay) },
      ),
    );
    for (let count = random.integer(0, 2); count > 0; count--) application.request();
    const [first = 0, second = 0] = calls;
    const end = random.integer(0, 4);
    clock.setArrival(
      () => {
        if (end === 0) application.close();
        else if (end <= 2) application.abort(random.chance(0.5) ? first : second);
        else application.abortAll(controller);
      },
      random.integer(0, 2 * delay),
    );
  }
  return () => {
    for (const { whims } of hosts) whims.sign = undefined;
  };
}

/** Acts inside something of the application's that the client calls. */
const inside = (name: string, set: (world: SimulatedWorld, act: () => void) => () => void): Fault => ({
  name,
  strike: (world, random) => {
    const { application } = random.pick(world.hosts);
    let left = random.integer(1, 2);
    return set(world, () => {
      if (left-- <= 0) return;
      const dice = random.integer(1, 8);
      if (dice === 1) application.close();
      else if (dice <= 4) application.reconnect();
      else if (dice === 5) throw new Error('code of the application failed');
      else application.request();
    });
  },
});

/** Urgent calls are made while others wait: for a connection, or for a signature. */
function callUrgently({ clock, hosts, network, server }: SimulatedWorld, random: SeededRandom): () => void {
  const isOffline = random.chance(0.5);
  if (isOffline) {
    network.admission = 'refuse';
    server.drop();
  }
  const delay = random.integer(1, 300);
  for (const { application, whims } of hosts) {
    if (!isOffline) whims.sign = (text) => new Promise((resolve) => void clock.setArrival(() => resolve(text), delay));
    for (let count = random.integer(2, 4); count > 0; count--) {
      application.request();
      application.send();
    }
    for (let count = random.integer(1, 2); count > 0; count--) application.send(undefined, true);
    clock.setArrival(() => void application.send(undefined, true), random.integer(1, 2 * delay));
  }
  return () => {
    if (isOffline) network.admission = 'accept';
    for (const { whims } of hosts) whims.sign = undefined;
  };
}

/** A hook of the handler ends the client, or the connection, while the client is in the middle of something. */
function endInHook({ hosts, plan }: SimulatedWorld, random: SeededRandom): () => void {
  const { application, handler } = random.pick(hosts);
  const isLast = random.chance(0.5);
  let left = 1;
  const heal = actInside(handler, random.pick(HOOKS), () => {
    if (left-- <= 0) return;
    if (!isLast) return application.reconnect();
    application.during(() => application.close());
    application.request();
    application.subscribe(random.pick(plan.topics));
  });
  // So that the hook is asked.
  application.request();
  application.subscribe(random.pick(plan.topics));
  return heal;
}

/** The client or the connection ends inside a call: while a payload is read, or a topic is named. */
function closeInCall({ hosts, plan }: SimulatedWorld, random: SeededRandom): void {
  const { application, handler } = random.pick(hosts);
  const isLast = random.chance(0.4);
  const end = () => (isLast ? application.close() : application.reconnect());
  if (random.chance(0.5)) return void application.request({ inPayload: end });
  let left = 1;
  const heal = actInside(handler, random.pick(['canonicalTopic', 'groupKey']), () => {
    if (left-- > 0) application.during(end);
  });
  application.subscribe(random.pick(plan.topics));
  heal();
}

export const fieldCallFaults: readonly Fault[] = [
  unreadable(
    'field: answers are no JSON',
    ({ op, req_id }) => op === undefined && req_id !== undefined,
    () => {},
  ),
  unreadable(
    'field: confirmations are no JSON',
    ({ op }) => op === 'subscribe',
    // Where the order alone tells them apart an unreadable one shifts the others.
    ({ plan, server }) => plan.server.acknowledge === 'order' && server.drop(),
  ),
  unreadable(
    'field: logins are no JSON',
    ({ op }) => op === 'auth',
    () => {},
  ),
  unreadable(
    'field: updates are no JSON',
    ({ topic }) => topic !== undefined,
    () => {},
  ),
  replaced('field: reconnects while answers are on their way', ({ hosts }) => {
    for (const { application } of hosts) application.reconnect();
  }),
  replaced('field: the server announces its end', ({ server, hosts }) => {
    server.announceEnd();
    for (const { application } of hosts) application.request();
  }),
  replaced('field: connections have a short lifetime', ({ hosts, server, random }) => {
    for (const { application, whims } of hosts) {
      whims.lifetime = random.integer(1, 700);
      for (let count = random.integer(1, 3); count > 0; count--) application.request({ retry: 'unsent' });
    }
    server.drop();
  }),
  { name: 'field: slow signatures', strike: signSlowly },
  inside('field: acts inside a sink of the trace', ({ hosts }, act) => {
    for (const { application } of hosts) application.inTrace = act;
    return () => {
      for (const { application } of hosts) application.inTrace = () => {};
    };
  }),
  inside('field: acts inside a hook of the handler', ({ hosts }, act) => {
    for (const { whims } of hosts) whims.inHook = act;
    return () => {
      for (const { whims } of hosts) whims.inHook = () => {};
    };
  }),
  { name: 'field: urgent calls', lasts: [500, 3_000], strike: callUrgently },
  { name: 'field: ends inside any hook', strike: endInHook },
  once('field: closes while a call is made', closeInCall),
];
