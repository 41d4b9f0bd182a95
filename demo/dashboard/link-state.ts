import type { ConnectionState } from 'hpx-transport-ws';
import type { Client, Feed } from './feed.js';

/** How a visitor sees the connection: all data is current, some of it is old, there is none yet, or nothing more comes. */
export type Link = 'live' | 'lost' | 'waiting' | 'stopped';

/** The plan of the next attempt. */
export interface NextAttempt {
  readonly number: number;
  /** Unix milliseconds. */
  readonly at: number;
}

/** The connection of the page, as its panels show it. */
export class LinkState {
  #client: Client;
  #next: NextAttempt | undefined;

  constructor(feed: Feed) {
    this.#client = feed.client;
    feed.use((client) => {
      this.#client = client;
      this.#next = undefined;
      client.on('reconnecting', ({ attempt, delay }) => {
        this.#next = { number: attempt, at: Date.now() + delay };
      });
      client.on('ready', () => {
        this.#next = undefined;
      });
    });
  }

  get client(): Client {
    return this.#client;
  }

  get state(): ConnectionState {
    return this.#client.state;
  }

  get link(): Link {
    const { state, epoch } = this.#client;
    if (state === 'ready') return 'live';
    if (state === 'closing' || state === 'closed') return 'stopped';
    return epoch > 0 ? 'lost' : 'waiting';
  }

  /** Missing where no attempt is planned, or was ever needed. */
  get next(): NextAttempt | undefined {
    return this.#next;
  }

  /** Milliseconds until the next attempt, while the client waits for it. */
  get countdown(): number | undefined {
    return this.#next && this.state === 'reconnecting' ? Math.max(0, this.#next.at - Date.now()) : undefined;
  }
}
