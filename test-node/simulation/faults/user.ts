import type { SeededRandom } from 'hpx-transport-ws/testing';
import type { Application } from '../application.js';
import type { SimulatedWorld } from '../simulated-world.js';
import { type Fault, once } from './fault.js';

/** Something that an application does. */
const does = (
  name: string,
  act: (application: Application, world: SimulatedWorld, random: SeededRandom) => void,
): Fault =>
  once(name, (world, random) => {
    act(random.pick(world.hosts).application, world, random);
  });

/** Acts inside the next listeners that are called. */
const inside = (name: string, act: (application: Application, random: SeededRandom) => void): Fault => ({
  name,
  strike: (world, random) => {
    const { application } = random.pick(world.hosts);
    let left = random.integer(1, 3);
    application.inListener = () => {
      if (left-- > 0) act(application, random);
    };
    return () => {
      application.inListener = () => {};
    };
  },
});

/** The same inside listeners of updates. */
const insideUpdates = (
  name: string,
  act: (application: Application, channel: number, random: SeededRandom) => void,
): Fault => ({
  name,
  strike: (world, random) => {
    const { application } = random.pick(world.hosts);
    application.inUpdate = (channel) => {
      if (random.chance(0.5)) act(application, channel, random);
    };
    return () => {
      application.inUpdate = () => {};
    };
  },
});

/** All the channels of a topic at the last moment: what is just being handed out must not reach the others. */
function leaveTopic(application: Application, channel: number): void {
  const topic = application.channels.get(channel)?.topic;
  for (const other of [...application.channels.values()])
    if (other.topic === topic) application.unsubscribe(other.number);
}

export const userFaults: readonly Fault[] = [
  does('user: subscribes and unsubscribes in one tick', (application, { plan }, random) => {
    application.unsubscribe(application.subscribe(random.pick(plan.topics)));
  }),
  does('user: changes its mind in one tick', (application, { plan }, random) => {
    const [number] = application.channels.keys();
    if (number !== undefined) application.unsubscribe(number);
    application.subscribe(random.pick(plan.topics));
  }),
  does('user: unsubscribes across a reconnect', (application, { server }) => {
    server.drop();
    for (const number of [...application.channels.keys()].slice(0, 2)) application.unsubscribe(number);
  }),
  does('user: a channel that throws', (application, { plan }, random) => {
    const topic = random.pick(plan.topics);
    application.subscribe(topic, { throws: true });
    application.subscribe(topic);
  }),
  does('user: narrow channels', (application, { clock, plan, server }, random) => {
    const topic = random.pick(plan.topics);
    for (const overflow of ['latest', 'drop-newest', 'fail'] as const)
      application.subscribe(topic, { capacity: 1, overflow });
    // More at once than they hold.
    clock.setArrival(
      () => {
        for (let count = 3; count > 0; count--) server.publish(topic, 'a burst');
      },
      random.integer(0, 400),
    );
  }),
  does('user: aborts before the write', (application) => application.abort(application.request())),
  does('user: aborts after the write', (application, { clock }, random) => {
    const call = application.request();
    clock.setArrival(() => application.abort(call), random.integer(0, 20));
  }),
  does('user: too many calls', (application, { plan }, random) => {
    const { maxPendingRequests = 0, commandChannelCapacity = 0 } = plan.config;
    // Inside a delay they have to wait.
    if (random.chance(0.5)) application.reconnect();
    const most = random.pick([maxPendingRequests, commandChannelCapacity]);
    for (let count = most + 3; count > 0; count--) application.request();
  }),
  does('user: impatient', (application, { plan }, random) => {
    application.request({ timeout: random.integer(1, 50) });
    application.subscribe(random.pick(plan.topics), { timeout: random.integer(1, 50) });
  }),
  does('user: reconnects', (application) => application.reconnect()),
  does('user: authenticates', (application) => application.authenticate()),
  {
    name: 'user: pauses',
    strike: ({ hosts }, random) => {
      const { application } = random.pick(hosts);
      application.pause();
      return () => application.resume();
    },
  },
  inside('user: reconnects inside a listener', (application) => application.reconnect()),
  inside('user: asks inside a listener', (application) => void application.request()),
  insideUpdates('user: leaves a topic inside an update', leaveTopic),
  insideUpdates('user: calls inside an update', (application, channel, random) => {
    const dice = random.integer(1, 6);
    if (dice === 1) application.reconnect();
    else if (dice === 2) application.unsubscribe(channel);
    else application.request();
  }),
  inside('user: throws inside a listener', () => {
    throw new Error('a listener of the application failed');
  }),
  inside('user: closes inside a listener', (application, random) => {
    if (random.chance(0.3)) application.close();
    else application.reconnect();
  }),
];
