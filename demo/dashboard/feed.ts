import { connectWorker, type WorkerClient } from 'hpx-transport-ws/worker';
import type { Methods, Topics } from '../protocol.js';
import type { Settings } from './settings.js';

export type Client = WorkerClient<Topics, Methods>;

/** The client of the page. A client that has ended for good is replaced by a new one, with a new worker. */
export class Feed {
  readonly #settings: Settings;
  readonly #users: ((client: Client) => void)[] = [];
  #worker: Worker;
  #client: Client;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#worker = startWorker(settings);
    this.#client = connectWorker<Topics, Methods>(this.#worker);
  }

  get client(): Client {
    return this.#client;
  }

  /** Calls `use` with the client, and later with each client that replaces it. */
  use(use: (client: Client) => void): void {
    this.#users.push(use);
    use(this.#client);
  }

  /** Connects for the first time. */
  start(): void {
    // How it ends is an event of the client.
    this.#client.connect().catch(() => {});
  }

  /** Starts anew after the client has ended for good. */
  restart(): void {
    this.#worker.terminate();
    this.#worker = startWorker(this.#settings);
    this.#client = connectWorker<Topics, Methods>(this.#worker);
    for (const use of this.#users) use(this.#client);
    this.start();
  }
}

function startWorker(settings: Settings): Worker {
  const worker = new Worker(new URL('./feed.worker.ts', import.meta.url), { type: 'module' });
  worker.postMessage(settings);
  return worker;
}
