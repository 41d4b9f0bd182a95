import type { Admission, SeededRandom } from 'hpx-transport-ws/testing';
import { FATAL_CODE } from '../plan.js';
import type { SimulatedWorld } from '../simulated-world.js';
import { type Fault, once } from './fault.js';

const HOUR = 3_600_000;
/** More than the client hands to a socket, and than the kernel takes. */
const BUFFER = 2_200_000;
const CODES = [1000, 1001, 1008, 1011, 4000, 4001];

/** A write fails while the last updates and the close frame of the server are on their way. */
function closeUnderWrites({ server, plan, hosts }: SimulatedWorld, random: SeededRandom): void {
  const code = random.chance(0.3) ? FATAL_CODE : random.pick(CODES);
  for (let count = random.integer(0, 3); count > 0; count--) server.publish(random.pick(plan.topics), 'a last word');
  for (const connection of server.connections) {
    connection.close(code, 'as it was announced');
    connection.refuseWrites();
  }
  for (const { application } of hosts) {
    if (random.chance(0.5)) application.request();
    if (random.chance(0.3)) application.subscribe(random.pick(plan.topics));
  }
}

/** Answers are on their way while the host stands still, for longer than their calls may take. */
function blockWhileAnswersCome(world: SimulatedWorld, random: SeededRandom): void {
  const { hosts, plan } = world;
  const [shortest, longest] = plan.latency;
  for (const { application } of hosts) {
    for (let count = random.integer(1, 3); count > 0; count--)
      application.request({ timeout: 2 * longest + random.integer(5, 500) });
  }
  world.lead = random.between(shortest, 2 * longest);
  world.jump = random.integer(1_000, 5_000);
}

/** The host sleeps, and only the wall clock tells; calls that wait have no time left. */
function sleepUntold({ clock, hosts, network, recorder, server }: SimulatedWorld, random: SeededRandom): () => void {
  network.admission = 'refuse';
  server.drop();
  for (const { application } of hosts)
    for (let count = random.integer(1, 3); count > 0; count--)
      application.request({ timeout: random.integer(1, 60_000) });
  clock.setArrival(
    () => {
      recorder.write({ type: 'wall', ms: HOUR });
      clock.stepWall(HOUR);
    },
    random.integer(0, 500),
  );
  return () => {
    network.admission = 'accept';
  };
}

/** Somebody is in a hurry while the server has named a time. */
function hurry({ clock, hosts, network, recorder, server }: SimulatedWorld, random: SeededRandom): () => void {
  const refusal: Admission = { status: random.pick([429, 503]), retryAfter: random.integer(1_000, 9_000) };
  network.admission = refusal;
  server.drop();
  for (const { application } of hosts) application.reconnect();
  for (let count = random.integer(1, 4); count > 0; count--) {
    const act = random.pick(['reconnect', 'connect', 'wake'] as const);
    clock.setArrival(
      () => {
        if (act === 'wake') recorder.write({ type: 'wake', cause: 'online' });
        for (const { application, runtime } of hosts) {
          if (act === 'reconnect') application.reconnect();
          else if (act === 'connect') application.connect();
          else runtime.wake('online');
        }
      },
      random.integer(1, 6_000),
    );
  }
  return () => {
    if (network.admission === refusal) network.admission = 'accept';
  };
}

/** The host wakes again and again while attempts are slow, and while replaced sockets have not closed. */
function wakeDuringAttempts(world: SimulatedWorld, random: SeededRandom): () => void {
  const { clock, hosts, network, recorder, server } = world;
  const slow: Admission = { after: random.integer(1_500, 6_000) };
  network.admission = slow;
  if (random.chance(0.5)) for (const { application } of hosts) application.reconnect();
  else server.drop();
  for (let count = random.integer(1, 4); count > 0; count--) {
    clock.setArrival(
      () => {
        recorder.write({ type: 'wake', cause: 'visible' });
        for (const { runtime } of hosts) runtime.wake('visible');
      },
      random.integer(1_000, 8_000),
    );
  }
  return () => {
    if (network.admission === slow) network.admission = 'accept';
  };
}

/** As many attempts as a minute may have, the last of them slow: a wake could not replace that one for long. */
function exhaustAttempts(world: SimulatedWorld, random: SeededRandom): () => void {
  const { clock, hosts, network, plan, recorder, server } = world;
  const limit = 40 + Math.ceil(240_000 / Math.max(plan.config.reconnectMaxDelay ?? 0, 50));
  const slow: Admission = { after: random.integer(2_000, 2_900) };
  const until = clock.now() + 3_000;
  let isOver = false;
  const wake = () => {
    if (isOver) return;
    recorder.write({ type: 'wake', cause: 'online' });
    for (const { runtime } of hosts) runtime.wake('online');
  };
  const hurryUp = () => {
    if (isOver) return;
    const recent = network.attempts.filter((at) => at > clock.now() - 60_000).length / hosts.length;
    const isLast = recent >= limit - 1;
    if (isLast) network.admission = slow;
    for (const { application, client } of hosts) if (client.state === 'reconnecting') application.reconnect();
    if (isLast && hosts.some(({ client }) => client.state === 'connecting')) {
      for (const delay of [1_200, 1_600, 2_200]) clock.setArrival(wake, delay);
    } else if (clock.now() < until) {
      clock.setArrival(hurryUp, 15);
    }
  };
  network.admission = 'refuse';
  server.drop();
  hurryUp();
  return () => {
    isOver = true;
    network.admission = 'accept';
  };
}

/** A frame is so large, and the line so slow, that its bytes take longer than a probe of the link. */
function slowDown({ plan, server }: SimulatedWorld, random: SeededRandom): () => void {
  const { pingInterval = 0, pongTimeout = 0 } = plan.config;
  const bytes = 3_000;
  const slowed = server.connections;
  const seconds = (random.between(1.1, 3) * (pingInterval + pongTimeout)) / 1_000;
  for (const connection of slowed) connection.slowDown(bytes / seconds, 'to-client');
  for (const connection of slowed) connection.sendJson({ op: 'news', data: 'x'.repeat(bytes) });
  return () => {
    for (const connection of slowed) connection.slowDown();
  };
}

/** So many frames are written on a slow line that a ping leaves long after it was made. */
function upload({ hosts, plan, server }: SimulatedWorld, random: SeededRandom): () => void {
  const { pingInterval = 0, pongTimeout = 0 } = plan.config;
  const bytes = 500;
  const slowed = server.connections;
  const perFrame = pongTimeout / random.integer(4, 8);
  for (const connection of slowed) connection.slowDown((bytes / perFrame) * 1_000, 'to-server');
  const count = (random.between(1.1, 2) * (pingInterval + pongTimeout)) / perFrame;
  for (const { application } of hosts) for (let left = count; left > 0; left--) application.send(bytes);
  return () => {
    for (const connection of slowed) connection.slowDown();
  };
}

/** Very many written requests end at once while the socket takes no more: their cancels have to wait. */
function abortMany({ clock, hosts, plan, server }: SimulatedWorld, random: SeededRandom): () => void {
  const paused = server.connections;
  const { maxPendingRequests = 0 } = plan.config;
  for (const { application } of hosts) {
    const controller = new AbortController();
    for (let count = maxPendingRequests - 2; count > 0; count--) application.request({ controller });
    for (const connection of paused) connection.pause();
    application.request({ filler: BUFFER });
    const end = () => application.abortAll(controller);
    if (random.chance(0.5)) end();
    else clock.setArrival(end, random.integer(1, 50));
  }
  return () => {
    for (const connection of paused) connection.resume();
  };
}

export const fieldLinkFaults: readonly Fault[] = [
  once('field: closed under a write', closeUnderWrites),
  { name: 'field: a large frame on a slow line', lasts: [12_000, 40_000], strike: slowDown },
  { name: 'field: a large upload on a slow line', lasts: [12_000, 40_000], strike: upload },
  { name: 'field: very many aborts at once', lasts: [500, 3_000], strike: abortMany },
  once('field: blocked while answers come', blockWhileAnswersCome),
  { name: 'field: sleeps untold', strike: sleepUntold },
  { name: 'field: in a hurry during a Retry-After', lasts: [3_000, 12_000], strike: hurry },
  { name: 'field: exhausts its attempts', lasts: [12_000, 70_000], strike: exhaustAttempts },
  { name: 'field: wakes during slow attempts', lasts: [3_000, 12_000], strike: wakeDuringAttempts },
];
