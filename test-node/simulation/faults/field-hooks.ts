import type { FrameInfo } from 'hpx-transport-ws';
import type { SeededRandom } from 'hpx-transport-ws/testing';
import { actInside } from '../act-inside.js';
import type { SimulatedWorld } from '../simulated-world.js';
import type { Fault } from './fault.js';

/** Some frames cannot be signed: the hook throws, its promise is rejected, or it never settles. */
function failToSign({ hosts, plan, server }: SimulatedWorld, random: SeededRandom): () => void {
  const stuck: (() => void)[] = [];
  const kinds = random.pick([['request', 'send', 'cancel'], ['subscribe', 'unsubscribe'], ['subscribe']]);
  const way = random.pick(['throws', 'rejects', 'hangs'] as const);
  const failure = new Error('no frame can be signed');
  for (const { application, whims } of hosts) {
    whims.unsigned = ({ kind }: FrameInfo) => {
      if (!kinds.includes(kind) || !random.chance(0.6)) return undefined;
      if (way === 'throws') throw failure;
      if (way === 'rejects') return Promise.reject(failure);
      return new Promise((_resolve, reject) => void stuck.push(() => reject(failure)));
    };
    for (const topic of plan.topics.filter(() => random.chance(0.6))) {
      application.request();
      application.subscribe(topic);
    }
  }
  return () => {
    for (const { whims } of hosts) whims.unsigned = () => undefined;
    for (const fail of stuck) fail();
    // What could not be ended is still there; it ends with the connection.
    server.drop();
  };
}

/** A hook fails that looks at one topic, or at the login. */
function failHook({ hosts, plan, server }: SimulatedWorld, random: SeededRandom): () => void {
  const { application, handler, log } = random.pick(hosts);
  const hook = random.pick(['groupKey', 'login'] as const);
  let left = hook === 'login' ? 1 : random.integer(1, 2);
  const heal = actInside(handler, hook, (topic) => {
    if (left-- <= 0) return;
    log.write({ type: 'hook-failed', hook, ...(typeof topic === 'string' && { topic }) });
    throw new Error('a hook of the handler failed');
  });
  if (hook === 'login') server.drop();
  for (let count = 2; count > 0; count--) application.subscribe(random.pick(plan.topics));
  return heal;
}

export const fieldHookFaults: readonly Fault[] = [
  { name: 'field: frames that cannot be signed', lasts: [500, 3_000, 12_000], strike: failToSign },
  { name: 'field: fails inside a hook', lasts: [3_000, 12_000], strike: failHook },
];
