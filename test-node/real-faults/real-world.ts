import { type Message, type Sequence, WebSocketClient, WebSocketConfig } from 'hpx-transport-ws';
import { MockWebSocketServer, SeededRandom } from 'hpx-transport-ws/testing';
import { Application } from '../simulation/application.js';
import { readJson } from '../simulation/checker/dialect.js';
import { Judge } from '../simulation/checker/judge.js';
import { convergenceBound } from '../simulation/checker/progress.js';
import { type Entry, type EntryOf, type History, render, renderEntry } from '../simulation/history.js';
import { type ClientLog, Recorder } from '../simulation/recorder.js';
import { LoginHandler } from '../support/login-handler.js';
import { CountedRuntime } from './counted-runtime.js';
import { FaultProxy } from './fault-proxy.js';

const NAMES = ['a', 'b'] as const;
const TOPICS = ['t1', 't2', 't3', 't4', 't5', 't6'] as const;
const MOST_CHANNELS = 8;
/** By how much a busy host may be late. What the checker says of order, outcomes and counts is exact all the same. */
const TOLERANCE = 5_000;
/** Short, so that much happens within a second. */
const SETTINGS = {
  reconnectInitialDelay: 2,
  reconnectMaxDelay: 20,
  pingInterval: 60,
  pongTimeout: 60,
  requestTimeout: 400,
  connectTimeout: 200,
  authTimeout: 200,
} as const;

class SequenceHandler extends LoginHandler {
  override extractSequence(message: Message): Sequence | undefined {
    const current = message.field('sequence');
    return typeof current === 'number' ? { current, previous: current - 1 } : undefined;
  }
}

/** One client, with an application that keeps book, on real sockets. */
interface RealHost {
  readonly name: string;
  readonly path: string;
  readonly config: WebSocketConfig;
  readonly client: WebSocketClient;
  readonly log: ClientLog;
  readonly runtime: CountedRuntime;
  readonly application: Application;
  /** The epoch in which the server last confirmed each channel. */
  readonly confirmed: Map<number, number>;
}

/** Two clients, a faulty line, a real server; and the history that all of them write, for the checker. */
export class RealWorld {
  readonly random: SeededRandom;
  readonly server: MockWebSocketServer;
  readonly proxy: FaultProxy;
  readonly hosts: readonly RealHost[];
  readonly #recorder = new Recorder(() => performance.now());
  readonly #sequences = new Map<string, number>();
  /** Whoever waits for a rest looks after each entry. */
  #look: () => void = () => {};

  private constructor(seed: number, server: MockWebSocketServer, proxy: FaultProxy) {
    this.random = new SeededRandom(seed);
    this.server = server;
    this.proxy = proxy;
    this.hosts = NAMES.map((name) => this.#host(name));
    this.#recorder.onEntry = (entry) => {
      if (entry.type === 'subscribed' || entry.type === 'resumed') this.#confirm(entry);
      this.#look();
    };
  }

  static async start(seed: number): Promise<RealWorld> {
    const server = await MockWebSocketServer.start({ authentication: {} });
    return new RealWorld(seed, server, await FaultProxy.start(server.port));
  }

  get history(): History {
    return this.#recorder.history;
  }

  connect(): void {
    for (const { application } of this.hosts) application.connect();
  }

  fault(name: string): void {
    this.#recorder.write({ type: 'fault', name });
  }

  heal(name: string): void {
    this.#recorder.write({ type: 'heal', name });
  }

  /** Some calls of the applications, some updates of the server; then, when they have had their turns, a step. */
  async load(): Promise<void> {
    const { random } = this;
    for (let count = random.integer(1, 4); count > 0; count--) this.#act(random.pick(this.hosts).application);
    for (let count = random.integer(0, 4); count > 0; count--) this.#publish(random.pick(TOPICS));
    await this.#step();
  }

  /** The stats of each client, after everything that is due has run. */
  async #step(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (const { client, log } of this.hosts) {
      const { state, pendingRequests: pending, waitingCalls: waiting, subscriptions } = client.stats();
      log.write({ type: 'step', state, pending, waiting, subscriptions });
    }
  }

  /** There are no more faults: waits until every client has what it wants, or should have it, and notes what it has. */
  async rest(): Promise<void> {
    this.#recorder.write({ type: 'healed' });
    await this.#untilAtRest();
    await this.#step();
    for (const host of this.hosts) {
      host.application.account();
      host.log.write({ type: 'rest', state: host.client.state, served: [...this.#served(host)] });
    }
  }

  /** Ends the clients, and then everything else. */
  async end(): Promise<void> {
    for (const { application, client, log, runtime } of this.hosts) {
      application.close();
      await client.closed;
      await runtime.untilNoSocket();
      log.write({ type: 'end', timers: runtime.timers, listeners: 0, sockets: runtime.sockets });
    }
    await this.proxy.close();
    await this.server.close();
  }

  /** What the checker finds wrong with the history, and then all of that; empty where nothing is. */
  report(): string {
    const violations = this.hosts.flatMap(({ name, config }) => {
      const judge = new Judge(name, { config, read: readJson, tolerance: TOLERANCE, probes: true, fatalCodes: [] });
      this.history.forEach((entry, index) => void judge.see(entry, index));
      return judge.violations;
    });
    if (violations.length === 0) return '';
    const lines = violations.map(({ clause, client, words, index }) => {
      return `${clause} ${client}: ${words}\n  at ${renderEntry(this.history[index] as Entry)}`;
    });
    return `${lines.join('\n')}\n\n${render(this.history)}`;
  }

  #host(name: string): RealHost {
    const path = `/${name}`;
    const runtime = new CountedRuntime();
    const log = this.#recorder.of(name);
    const jitter = this.random.stream(name);
    // At once, or when the faults are over: with anything between, two clocks may disagree on whether a connection has
    // lasted.
    const reconnectMinUptime = this.random.seed % 2 === 0 ? 0 : 4_000;
    const config = new WebSocketConfig({ url: `${this.proxy.url}${path}`, ...SETTINGS, reconnectMinUptime });
    const client = new WebSocketClient(config, new SequenceHandler(), {
      openSocket: log.openSocket(runtime.openSocket),
      clock: runtime.clock,
      random: () => jitter.next(),
    });
    log.watch(client);
    const { requestTimeout, subscriptionChannelCapacity: channelCapacity } = config;
    const application = new Application(client, log, { requestTimeout, channelCapacity });
    return { name, path, config, client, log, runtime, application, confirmed: new Map() };
  }

  #act(application: Application): void {
    const { random } = this;
    const dice = random.integer(1, 20);
    if (dice <= 8) {
      application.request({ retry: random.pick(['unsent', 'unsent', 'never', 'idempotent']) });
    } else if (dice <= 10) {
      application.send();
    } else if (dice <= 15) {
      if (application.channels.size < MOST_CHANNELS) application.subscribe(random.pick(TOPICS));
    } else if (dice <= 17) {
      const numbers = [...application.channels.keys()];
      if (numbers.length > 0) application.unsubscribe(random.pick(numbers));
    } else if (dice <= 19) {
      const calls = [...application.calls.keys()];
      if (calls.length > 0) application.abort(random.pick(calls));
    } else {
      application.reconnect();
    }
  }

  #publish(topic: string): void {
    const sequence = (this.#sequences.get(topic) ?? 0) + 1;
    this.#sequences.set(topic, sequence);
    for (const connection of this.server.connections)
      if (connection.subscriptions.has(topic)) connection.send({ topic, sequence, data: sequence });
  }

  /** What the server has for the newest connection of a client: it may still believe in older ones. */
  #served({ path }: RealHost): ReadonlySet<string> {
    return this.server.connections.filter((connection) => connection.path === path).at(-1)?.subscriptions ?? new Set();
  }

  /** Looks whenever something is written down; what is wrong when the time is over is the checker's to say. */
  #untilAtRest(): Promise<void> {
    const patience = Math.max(...this.hosts.map(({ config }) => convergenceBound(config)));
    return new Promise((resolve) => {
      const stop = () => {
        clearTimeout(timer);
        this.#look = () => {};
        resolve();
      };
      const timer = setTimeout(stop, patience);
      this.#look = () => {
        if (this.hosts.every((host) => this.#isAtRest(host))) stop();
      };
      this.#look();
    });
  }

  #confirm({ client, channel }: EntryOf<'subscribed' | 'resumed'>): void {
    const host = this.hosts.find(({ name }) => name === client);
    host?.confirmed.set(channel, host.client.epoch);
  }

  #isAtRest(host: RealHost): boolean {
    const { application, client, confirmed } = host;
    const served = this.#served(host);
    const { wanted } = application;
    return (
      client.isConnected() &&
      application.calls.size === 0 &&
      [...application.channels.keys()].every((number) => confirmed.get(number) === client.epoch) &&
      served.size === wanted.size &&
      [...wanted].every((topic) => served.has(topic))
    );
  }
}
