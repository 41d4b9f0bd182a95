import type { SeededRandom, SimulatedConnection } from 'hpx-transport-ws/testing';
import { BYE } from '../simulated-handler.js';
import type { SimulatedWorld } from '../simulated-world.js';
import type { Fault } from './fault.js';

/** Connections end, and the server goes on with their sessions on the next ones: for all topics or some, in time or late. */
function goOn(world: SimulatedWorld, random: SeededRandom): () => void {
  const { clock, hosts, plan, server } = world;
  const share = random.pick([1, 1, 0.5]);
  const sessions = new Map<string, string[]>();
  for (const connection of server.connections)
    sessions.set(
      connection.url,
      [...server.topicsOf(connection)].filter(() => random.chance(share)),
    );
  const resume = (connection: SimulatedConnection) => {
    const topics = sessions.get(connection.url) ?? [];
    if (server.mute || !sessions.delete(connection.url)) return;
    resumeOn(world, connection, topics);
  };
  const later = (connection: SimulatedConnection, longest: number) => {
    clock.setArrival(() => resume(connection), random.integer(0, longest));
  };
  const onConnection = (connection: SimulatedConnection) => later(connection, 60);
  let onSend = server.onSend;
  if (plan.handler.key === undefined) {
    server.onConnection = onConnection;
  } else {
    const isEarly = random.chance(0.6);
    onSend = (frame, send, connection) => {
      const isLogin = frame.op === 'auth' && frame.success === true;
      if (isLogin && isEarly) resume(connection);
      send();
      if (isLogin) later(connection, 60);
    };
    server.onSend = onSend;
  }
  if (random.chance(0.7)) server.drop();
  else for (const { application } of hosts) application.reconnect();
  // What somebody wants now, and what nobody wants any more, is no less a part of the session.
  for (const { application } of hosts) {
    if (random.chance(0.4)) application.subscribe(random.pick(plan.topics));
    const [number] = application.channels.keys();
    if (number !== undefined && random.chance(0.2)) application.unsubscribe(number);
  }
  for (let count = random.integer(0, 3); count > 0; count--) server.publish(random.pick(plan.topics), 'meanwhile');
  return () => {
    sessions.clear();
    if (server.onConnection === onConnection) server.onConnection = () => {};
    if (server.onSend === onSend) server.onSend = (_frame, send) => send();
  };
}

/** With all that the client has not heard of these topics, unless it has asked for them. */
function resumeOn({ archive, hosts, server }: SimulatedWorld, connection: SimulatedConnection, all: string[]): void {
  const host = hosts.find(({ url }) => url === connection.url);
  const missed = new Map(all.map((topic) => [topic, archive.after(topic, host?.handler.heard(topic) ?? 0)]));
  const has = server.topicsOf(connection);
  const topics = all.filter(
    (topic) => missed.get(topic) && !has.has(topic) && !server.refused.has(topic) && !server.poisoned.has(topic),
  );
  if (topics.length === 0) return;
  server.resume(connection, topics);
  for (const topic of topics) for (const update of missed.get(topic) ?? []) connection.sendJson(update);
}

/** Messages come in several frames, which a connection may not survive. */
function tear({ server }: SimulatedWorld, random: SeededRandom): () => void {
  const own: typeof server.onSend = (frame, send, connection) => {
    if (random.chance(0.3)) return send();
    const text = JSON.stringify(frame);
    const count = random.integer(2, 4);
    const size = Math.ceil(text.length / count);
    connection.sendJson({ op: 'parts', count });
    for (let part = 0; part < count; part++) {
      if (random.chance(0.02)) return connection.terminate();
      connection.send(text.slice(part * size, (part + 1) * size));
    }
  };
  server.onSend = own;
  return () => {
    if (server.onSend === own) server.onSend = (_frame, send) => send();
  };
}

/** Streams come to their end: one or several at once, with a frame of their own or with their last update. */
function complete({ plan, server }: SimulatedWorld, random: SeededRandom): () => void {
  const topics = plan.topics.filter(() => random.chance(0.4));
  // Where nothing is confirmed one that crosses a new subscribe frame tells more than is so.
  const heal = () => {
    if (!plan.handler.confirms) server.drop();
  };
  if (random.chance(0.5)) {
    for (const topic of topics) server.complete(topic);
    return heal;
  }
  const { onSend } = server;
  server.onSend = (frame, _send, connection) => connection.sendJson({ ...frame, last: 1 });
  for (const topic of topics) {
    server.publish(topic, 'the last one');
    server.forget(topic);
  }
  server.onSend = onSend;
  return heal;
}

/** Connections are left while the handler has more to say than usual, or nothing, or fails. */
function part({ clock, hosts, server }: SimulatedWorld, random: SeededRandom): () => void {
  for (const { application, whims } of hosts) {
    const kind = random.pick(['one', 'two', 'none', 'throws'] as const);
    whims.farewell = () => {
      if (kind === 'throws') throw new Error('no farewell');
      return { one: BYE, two: [BYE, BYE], none: null }[kind];
    };
    if (random.chance(0.5)) application.request();
    clock.setArrival(() => application.reconnect(), random.integer(0, 100));
  }
  if (random.chance(0.3)) for (const connection of server.connections) connection.pause();
  if (random.chance(0.3)) server.announceEnd();
  const paused = server.connections;
  return () => {
    for (const connection of paused) connection.resume();
    for (const { whims } of hosts) whims.farewell = () => BYE;
  };
}

export const fieldSessionFaults: readonly Fault[] = [
  { name: 'field: sessions go on', lasts: [500, 3_000, 12_000], strike: goOn },
  { name: 'field: messages in several frames', strike: tear },
  { name: 'field: streams come to their end', strike: complete },
  { name: 'field: farewells', lasts: [500, 3_000], strike: part },
];
