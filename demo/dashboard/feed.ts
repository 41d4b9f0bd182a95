import { connectWorker, type WorkerClient } from 'hpx-transport-ws/worker';
import type { Methods, Topics } from '../protocol.js';
import { Recording } from './recording.js';
import { Replay } from './replay.js';
import type { Settings } from './settings.js';
import { startWorker } from './start-worker.js';

export type Client = WorkerClient<Topics, Methods>;

/** Where the data of the page comes from. */
export type Source =
  | { readonly kind: 'live' }
  /** Live too; `recording` may be complete. */
  | { readonly kind: 'recording'; readonly recording: Recording }
  | { readonly kind: 'replay'; readonly replay: Replay };

interface Session {
  readonly source: Source;
  readonly worker: Worker;
  readonly client: Client;
}

const LIVE = { kind: 'live' } as const satisfies Source;

/** The client of the page. A client that is replaced by a new one ends, with its worker. */
export class Feed {
  readonly #settings: Settings;
  readonly #users: ((client: Client) => void)[] = [];
  #session: Session;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#session = sessionOf(LIVE, startWorker(settings, LIVE));
  }

  get client(): Client {
    return this.#session.client;
  }

  get source(): Source {
    return this.#session.source;
  }

  /** The replay that the page shows. */
  get replay(): Replay | undefined {
    return this.source.kind === 'replay' ? this.source.replay : undefined;
  }

  /** The time of the data that the page shows, in Unix milliseconds. */
  get now(): number {
    return this.replay?.now ?? Date.now();
  }

  /** Calls `use` with the client, and later with each client that replaces it. */
  use(use: (client: Client) => void): void {
    this.#users.push(use);
    use(this.client);
  }

  /** Connects for the first time. */
  start(): void {
    // How it ends is an event of the client.
    this.client.connect().catch(() => {});
  }

  /** Starts anew with the exchange. */
  restart(): void {
    this.#change(LIVE, startWorker(this.#settings, LIVE));
  }

  /** Starts anew with the exchange, and records all of it. */
  record(): Recording {
    const recording = new Recording(this.#settings);
    this.#change({ kind: 'recording', recording }, recording.worker);
    return recording;
  }

  /**
   * Goes over to a recording.
   * @throws an Error that says why the file is no recording of this page; the page then stays where it is
   */
  async play(file: Blob): Promise<Replay> {
    const replay = await Replay.open(this.#settings, file);
    this.#change({ kind: 'replay', replay }, replay.worker);
    return replay;
  }

  #change(source: Source, worker: Worker): void {
    const old = this.#session;
    this.#session = sessionOf(source, worker);
    for (const use of this.#users) use(this.client);
    this.start();
    void end(old);
  }
}

function sessionOf(source: Source, worker: Worker): Session {
  return { source, worker, client: connectWorker<Topics, Methods>(worker) };
}

/** A recording is handed over before its worker ends. */
async function end({ source, worker, client }: Session): Promise<void> {
  if (source.kind === 'recording') await source.recording.stop();
  await client.close();
  worker.terminate();
}
