import fc from 'fast-check';
import type { SimulatedHost, SimulatedWorld } from './simulated-world.js';

/** What is expected of a client, without a thought for how it does that. */
export interface Model {
  /** Topics of the open channels, by their numbers. */
  readonly wanted: Map<number, string>;
  /** The application asked it to connect, and has not closed it. */
  connected: boolean;
  closed: boolean;
}

export interface Real {
  readonly world: SimulatedWorld;
  readonly host: SimulatedHost;
}

type Command = fc.AsyncCommand<Model, Real>;

/** One step. Afterwards the stats of the client must fit the model, and no rule may be broken. */
class Happens implements Command {
  readonly #name: string;
  readonly #check: (model: Model) => boolean;
  readonly #act: (real: Real, model: Model) => void;
  readonly #wait: number;

  constructor(name: string, check: (model: Model) => boolean, act: (real: Real, model: Model) => void, wait = 0) {
    this.#name = name;
    this.#check = check;
    this.#act = act;
    this.#wait = wait;
  }

  check(model: Readonly<Model>): boolean {
    return this.#check(model);
  }

  async run(model: Model, real: Real): Promise<void> {
    this.#act(real, model);
    await real.world.wait(this.#wait);
    const { client } = real.host;
    const topics = new Set(model.wanted.values()).size;
    if (client.stats().subscriptions !== topics)
      throw new Error(`The client counts ${client.stats().subscriptions} topics, and ${topics} are wanted.`);
    if (model.closed !== ['closing', 'closed'].includes(client.state))
      throw new Error(`The client is ${client.state}.`);
    if (!model.connected && !model.closed && client.state !== 'disconnected')
      throw new Error('It connected by itself.');
    const [violation] = real.world.judges.flatMap(({ violations }) => violations);
    if (violation) throw new Error(`${violation.clause}: ${violation.words}`);
  }

  toString(): string {
    return this.#name;
  }
}

const always = () => true;
const isOpen = ({ closed }: Model) => !closed;
const topic = fc.constantFrom('a', 'b', 'c');
const index = fc.nat(7);
/** A confirmation has no timeout, so that only steps of the model end a channel. */
const patient = { timeout: Infinity };

function pick<T>(list: Iterable<T>, at: number): T | undefined {
  const all = [...list];
  return all[at % Math.max(1, all.length)];
}

function leave({ host }: Real, { wanted }: Model, at: number): void {
  const number = pick(wanted.keys(), at);
  if (number === undefined) return;
  wanted.delete(number);
  host.application.unsubscribe(number);
}

function join({ host }: Real, { wanted }: Model, name: string): number {
  const number = host.application.subscribe(name, patient);
  wanted.set(number, name);
  return number;
}

/** Everything that an application, its host and the network can do to a client. */
export const commands: fc.Arbitrary<Command>[] = [
  fc.constant(
    new Happens('connect', isOpen, ({ host }, model) => {
      host.application.connect();
      model.connected = true;
    }),
  ),
  topic.map((name) => new Happens(`subscribe ${name}`, isOpen, (real, model) => void join(real, model, name))),
  index.map((at) => new Happens(`unsubscribe ${at}`, isOpen, (real, model) => leave(real, model, at))),
  topic.map(
    (name) =>
      new Happens(`subscribe and unsubscribe ${name}`, isOpen, (real, model) => {
        const number = join(real, model, name);
        model.wanted.delete(number);
        real.host.application.unsubscribe(number);
      }),
  ),
  fc.tuple(topic, index).map(
    ([name, at]) =>
      new Happens(`replace ${at} by ${name}`, isOpen, (real, model) => {
        leave(real, model, at);
        join(real, model, name);
      }),
  ),
  fc
    .constantFrom('unsent' as const, 'never' as const, 'idempotent' as const)
    .map((retry) => new Happens(`request ${retry}`, always, ({ host }) => void host.application.request({ retry }))),
  fc.constant(new Happens('send', always, ({ host }) => void host.application.send())),
  index.map(
    (at) =>
      new Happens(`abort ${at}`, always, ({ host }) => {
        const call = pick(host.application.calls.keys(), at);
        if (call !== undefined) host.application.abort(call);
      }),
  ),
  fc.constant(new Happens('reconnect', always, ({ host }) => host.application.reconnect())),
  fc.constant(new Happens('drop', always, ({ world }) => world.server.drop())),
  fc.constantFrom('accept' as const, 'refuse' as const, 'hang' as const).map(
    (admission) =>
      new Happens(admission, always, ({ world }) => {
        world.network.admission = admission;
      }),
  ),
  fc.constant(
    new Happens('wake', always, ({ world, host }) => {
      world.recorder.write({ type: 'wake', cause: 'online' });
      host.runtime.wake();
    }),
  ),
  topic.map((name) => new Happens(`publish ${name}`, always, ({ world }) => void world.server.publish(name, 1))),
  fc.constantFrom(1, 10, 500, 10_000).map((ms) => new Happens(`wait ${ms}`, always, () => {}, ms)),
];

/** Rare, because little can happen afterwards. */
export const closing: fc.Arbitrary<Command> = fc.boolean().map(
  (drain) =>
    new Happens(
      `close${drain ? ', drained' : ''}`,
      isOpen,
      ({ host }, model) => {
        host.application.close({ drain });
        model.closed = true;
        // A drain keeps the channels until the answers are there.
        model.wanted.clear();
      },
      1_000,
    ),
);
