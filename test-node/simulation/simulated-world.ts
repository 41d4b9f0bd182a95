import { WebSocketClient, type WebSocketConfig } from 'hpx-transport-ws';
import {
  ReferenceServer,
  SeededRandom,
  type SimulatedConnection,
  SimulatedNetwork,
  type SimulatedRuntime,
} from 'hpx-transport-ws/testing';
import type { SimulatedSocket } from '../../src/testing/simulation/simulated-socket.js';
import { Application } from './application.js';
import { Archive } from './archive.js';
import { readJson } from './checker/dialect.js';
import { Judge } from './checker/judge.js';
import type { Setup } from './checker/rule.js';
import { haunted } from './haunted-socket.js';
import { configOf, FATAL_CODE, type Plan } from './plan.js';
import { type ClientLog, Recorder } from './recorder.js';
import { groupOf, HandlerWhims, SimulatedHandler } from './simulated-handler.js';

const HOST = 'ws://exchange';

/** One client with its application on a host of its own. */
export interface SimulatedHost {
  readonly name: string;
  readonly url: string;
  readonly config: WebSocketConfig;
  readonly runtime: SimulatedRuntime;
  readonly application: Application;
  readonly client: WebSocketClient;
  readonly log: ClientLog;
  readonly handler: SimulatedHandler;
  readonly whims: HandlerWhims;
}

/** Everything that there is in one run: a network, a server, clients, and the history that they write. */
export class SimulatedWorld {
  readonly plan: Plan;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly server: ReferenceServer;
  /** What it has published. */
  readonly archive: Archive;
  readonly recorder: Recorder;
  readonly hosts: readonly SimulatedHost[];
  readonly judges: readonly Judge[];
  /** Whether sockets still tell things after the client has left them. */
  isHaunted = false;
  /** The grid that timers are clamped to. */
  grid = 0;
  /** The host sleeps for so long instead of the next wait. */
  jump = 0;
  afterJump: () => void = () => {};
  /** Before it falls asleep so much time passes. */
  lead = 0;

  constructor(seed: number, plan: Plan) {
    this.plan = plan;
    this.random = new SeededRandom(seed);
    const { latency, delivery, kernelBuffer } = plan;
    this.network = new SimulatedNetwork({ seed, latency, delivery, kernelBuffer });
    this.server = new ReferenceServer(this.network, HOST, plan.server);
    this.archive = new Archive(this.server);
    this.recorder = new Recorder(() => this.network.clock.now());
    this.hosts = ['a', 'b'].slice(0, plan.clients).map((name) => this.#host(name));
    this.judges = this.hosts.map(({ name, config }) => new Judge(name, setupOf(config, plan)));
    let index = 0;
    this.recorder.onEntry = (entry) => {
      for (const one of this.judges) one.see(entry, index);
      index++;
    };
  }

  get clock() {
    return this.network.clock;
  }

  connectionsOf({ url }: SimulatedHost): readonly SimulatedConnection[] {
    return this.server.connections.filter((connection) => connection.url === url);
  }

  /** Lets time pass; what is due happens, or, after a sleep of the host, is late. */
  async wait(ms: number): Promise<void> {
    const { jump, afterJump } = this;
    if (jump > 0) {
      this.jump = 0;
      this.afterJump = () => {};
      await this.clock.advance(this.lead);
      this.lead = 0;
      this.recorder.write({ type: 'jump', ms: jump });
      await this.clock.jump(jump);
      afterJump();
    }
    await this.clock.advance(ms);
    this.step();
  }

  /** Records the stats of each client at a moment when nothing is due. */
  step(): void {
    for (const { client, log } of this.hosts) {
      const { state, pendingRequests: pending, waitingCalls: waiting, subscriptions } = client.stats();
      log.write({ type: 'step', state, pending, waiting, subscriptions, ...log.flow });
    }
  }

  #host(name: string): SimulatedHost {
    const url = `${HOST}/${name}`;
    const config = configOf(this.plan, url);
    const runtime = this.network.runtime(name);
    const log = this.recorder.of(name);
    const { countsBytes } = this.plan;
    let socket: Partial<SimulatedSocket> | undefined;
    log.flows = () => countsBytes && (socket?.isReceiving ?? false);
    log.aheadLeftAt = () => (this.plan.kernelBuffer === 0 ? socket?.aheadLeftAt : undefined);
    const openSocket = haunted(
      runtime.openSocket,
      this.clock,
      () => this.isHaunted,
      (opened) => {
        socket = opened;
      },
      countsBytes,
    );
    const whims = new HandlerWhims();
    const handler = new SimulatedHandler(this.plan.handler, whims, {
      random: this.random.stream(`handler ${name}`),
      write: log.write,
      wait: (ms) => new Promise((resolve) => void this.clock.setArrival(resolve, ms)),
    });
    const client = new WebSocketClient(config, handler, {
      openSocket: log.openSocket(openSocket),
      clock: runtime.clock,
      random: () => runtime.random(),
      generateId: () => runtime.generateId(),
      lifecycle: runtime.lifecycle,
    });
    log.watch(client);
    const { requestTimeout, subscriptionChannelCapacity: channelCapacity } = config;
    return {
      name,
      url,
      config,
      runtime,
      client,
      log,
      handler,
      whims,
      application: new Application(client, log, { requestTimeout, channelCapacity }),
    };
  }
}

function setupOf(config: WebSocketConfig, plan: Plan): Setup {
  const { confirms, groups, signs } = plan.handler;
  return {
    config,
    read: readJson,
    tolerance: 0,
    probes: true,
    confirms,
    fatalCodes: [FATAL_CODE],
    signs,
    says: true,
    ...(groups && { groupOf }),
  };
}
