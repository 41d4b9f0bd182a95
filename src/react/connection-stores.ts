import { ConfigError } from '../errors.js';
import { handled } from '../util/promises.js';
import {
  CONNECTION_EVENTS,
  type Connection,
  type ConnectionSource,
  connectionOf,
  disconnected,
  isClient,
} from './connection.js';
import { flushInFrame, type Paced } from './frame-pacer.js';
import { sameFields } from './same.js';
import { Store } from './store.js';
import * as texts from './texts.js';

/** The connection of one client, as a component reads it. */
export abstract class ConnectionStore<Client extends ConnectionSource> extends Store implements Paced {
  protected client: Client | undefined;
  readonly #onServer: Connection<Client | undefined>;
  #last: Connection<Client | undefined>;

  constructor(client: Client | undefined) {
    super();
    this.client = client;
    this.#onServer = disconnected(client);
    this.#last = this.#onServer;
  }

  /** The connection as it is now; the same object as before if nothing has changed. */
  readonly getSnapshot = (): Connection<Client | undefined> => {
    const now = this.client ? connectionOf(this.client) : disconnected(undefined);
    if (!sameFields<Connection<Client | undefined>>(this.#last, now)) this.#last = now;
    return this.#last;
  };

  readonly getServerSnapshot = (): Connection<Client | undefined> => this.#onServer;

  /** Tells the components of a new error. */
  flush(): void {
    this.publish();
  }

  protected watch(client: Client): void {
    for (const event of CONNECTION_EVENTS) client.on(event, this.#onChange);
    client.on('error', this.#onError);
  }

  protected unwatch(client: Client): void {
    for (const event of CONNECTION_EVENTS) client.off(event, this.#onChange);
    client.off('error', this.#onError);
  }

  readonly #onChange = (): void => this.publish();

  /** Errors may come as often as updates. */
  readonly #onError = (): void => flushInFrame(this);
}

/** Observes a client of somebody else. */
export class ObservedConnection<Client extends ConnectionSource> extends ConnectionStore<Client> {
  observes(client: unknown): boolean {
    return client === this.client;
  }

  protected start(): void {
    if (this.client) this.watch(this.client);
  }

  protected stop(): void {
    if (this.client) this.unwatch(this.client);
  }
}

/** Makes a client when the first component is mounted, connects it, and closes it when the last one is gone. */
export class OwnedConnection<Client extends ConnectionSource> extends ConnectionStore<Client> {
  readonly key: unknown;
  /** The function of the newest rendering; the hook sets it. */
  make: () => Client;

  constructor(make: () => Client, key: unknown) {
    super(undefined);
    this.make = make;
    this.key = key;
  }

  /** A client that has ended is replaced when the component is mounted anew, or its code is reloaded. */
  protected override get isOver(): boolean {
    return this.client?.state === 'closed';
  }

  /** @throws ConfigError if the function returns no client */
  protected start(): void {
    const client = this.make();
    if (!isClient(client)) throw new ConfigError('source()', client, texts.A_NEW_CLIENT);
    this.client = client;
    this.watch(client);
    // Why it failed is in `lastError`. A worker may have been ready before: no event tells that.
    const settled = () => this.publish();
    client.connect().then(settled, settled);
  }

  protected stop(): void {
    const { client } = this;
    this.client = undefined;
    if (!client) return;
    this.unwatch(client);
    void handled(client.close());
  }
}
