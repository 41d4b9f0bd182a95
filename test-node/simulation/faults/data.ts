import type { Direction, SeededRandom } from 'hpx-transport-ws/testing';
import { MAX_MESSAGE_SIZE } from '../plan.js';
import type { SimulatedWorld } from '../simulated-world.js';
import { type Fault, once } from './fault.js';

const DIRECTIONS: readonly Direction[] = ['to-server', 'to-client', 'both'];
const MALFORMED = [
  'no json',
  '',
  '{"op":',
  '[]',
  'null',
  '{"topic":',
  '{"topic":{"a":1},"data":1}',
  '{"op":"subscribe"}',
  '{"op":"revoked","args":["none such"]}',
  '{"req_id":null}',
];

type Frame = Readonly<Record<string, unknown>>;

const isAcknowledgement = ({ op }: Frame) => op === 'subscribe';
const isAnswer = ({ op, req_id }: Frame) => op === undefined && req_id !== undefined;

/** What becomes of some of the server's frames for a while. */
const tampered = (
  name: string,
  which: (frame: Frame) => boolean,
  prepare: (world: SimulatedWorld, random: SeededRandom) => (send: () => void) => void,
): Fault => ({
  name,
  strike: (world, random) => {
    const { server } = world;
    const tamper = prepare(world, random);
    const own: typeof server.onSend = (frame, send) => {
      if (which(frame)) tamper(send);
      else send();
    };
    server.onSend = own;
    return () => {
      if (server.onSend === own) server.onSend = (_frame, send) => send();
    };
  },
});

function loseConfirmations({ plan, server }: SimulatedWorld): () => void {
  const own: typeof server.onSend = (frame, send) => {
    if (!isAcknowledgement(frame)) send();
  };
  server.onSend = own;
  return () => {
    if (server.onSend === own) server.onSend = (_frame, send) => send();
    // If only the order identifies acknowledgements, a lost one shifts all later ones; no client can notice.
    if (plan.server.acknowledge === 'order') server.drop();
  };
}

export const dataFaults: readonly Fault[] = [
  once('data: half-open', ({ server }, random) => {
    for (const connection of server.connections) connection.blackHole(random.pick(DIRECTIONS));
  }),
  {
    name: 'data: stalls, then bursts',
    strike: ({ server }, random) => {
      const stalled = server.connections;
      const direction = random.pick(DIRECTIONS);
      for (const connection of stalled) connection.stall(direction);
      return () => {
        for (const connection of stalled) connection.release(direction);
      };
    },
  },
  {
    name: 'data: cut',
    // It strikes with a byte that may be long in coming.
    lasts: [3_000, 12_000, 60_000],
    strike: ({ server }, random) => {
      const doomed = server.connections;
      for (const connection of doomed) {
        connection.cutAfter(random.integer(0, 400), random.pick(['to-server', 'to-client']));
      }
      return () => {
        for (const connection of doomed) connection.cutAfter(Infinity, 'both');
      };
    },
  },
  once('data: malformed', ({ server }, random) => {
    for (const connection of server.connections) connection.send(random.pick(MALFORMED));
  }),
  once('data: binary', ({ server }) => {
    for (const connection of server.connections) connection.send(Uint8Array.of(0, 255, 1));
  }),
  once('data: broken frame', ({ server }, random) => {
    for (const connection of server.connections) connection.sendBroken(random.pick([1002, 1007]));
  }),
  once('data: oversize', ({ server }) => {
    const data = 'x'.repeat(MAX_MESSAGE_SIZE);
    for (const connection of server.connections) connection.sendJson({ topic: 'a', data });
  }),
  once('data: unknown id', ({ server }, random) => {
    const req_id = random.pick([...server.requests, 'never used']);
    for (const connection of server.connections) connection.sendJson({ req_id, data: 'nobody asked' });
  }),
  once('data: sequence gap', ({ clock, server, plan }, random) => {
    const topic = random.pick([...server.subscriptions, ...plan.topics]);
    server.skip(topic);
    // Or nobody would know for long.
    clock.setArrival(() => void server.publish(topic, 'behind the gap'), random.integer(0, 400));
  }),
  {
    name: 'data: subscriptions lost silently',
    strike: ({ server }) => {
      server.forget();
      // No client can see that; it ends with the connection.
      return () => server.drop();
    },
  },
  tampered('data: answers twice', isAnswer, () => (send) => {
    send();
    send();
  }),
  tampered('data: answers late', isAnswer, ({ clock }, random) => (send) => {
    clock.setArrival(send, random.integer(100, 12_000));
  }),
  tampered('data: answers lost', isAnswer, () => () => {}),
  { name: 'data: confirmations lost', strike: loseConfirmations },
  {
    name: 'data: confirmations of a resubscription lost',
    // Until there is a new connection.
    lasts: [3_000, 12_000, 30_000],
    strike: (world) => {
      const heal = loseConfirmations(world);
      world.server.drop();
      return heal;
    },
  },
  {
    name: 'data: confirmations late',
    strike: ({ clock, server, plan }, random) => {
      const delay = random.integer(1, 1_500);
      // All by the same time, and ends too where confirmations are matched by their order: it is kept.
      const isInOrder = plan.server.acknowledge === 'order';
      const own: typeof server.onSend = (frame, send) => {
        if (isInOrder && frame.op === 'unsubscribe') return clock.setArrival(send, delay);
        if (!isAcknowledgement(frame)) return send();
        server.publish(random.pick(plan.topics), 'before the confirmation');
        clock.setArrival(send, delay);
      };
      server.onSend = own;
      return () => {
        if (server.onSend === own) server.onSend = (_frame, send) => send();
        // One that comes behind a later revocation says what is no longer so; it ends with the connection.
        server.drop();
      };
    },
  },
];
