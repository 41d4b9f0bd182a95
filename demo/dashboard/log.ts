import { isTransportError } from 'hpx-transport-ws';
import { closeText } from '../close-codes.js';
import type { Feed } from './feed.js';
import { spanText } from './format.js';
import { messageOf } from './message-of.js';

export type LogKind = 'state' | 'retry' | 'gap' | 'order' | 'fault' | 'record' | 'replay' | 'warning' | 'error';

export interface LogEntry {
  /** Unix milliseconds. */
  readonly time: number;
  readonly kind: LogKind;
  readonly text: string;
}

/** What happened, in the order in which it happened. */
export class Log {
  readonly #listeners: ((entry: LogEntry) => void)[] = [];

  onEntry(listener: (entry: LogEntry) => void): void {
    this.#listeners.push(listener);
  }

  add(kind: LogKind, text: string): void {
    const entry = { time: Date.now(), kind, text };
    for (const listener of this.#listeners) listener(entry);
  }

  /** Something failed that nobody waits for. The end of a client is told by its events. */
  failed(what: string, error: unknown): void {
    if (isTransportError(error) && error.code === 'CONNECTION_CLOSED') return;
    this.add('error', `${what}: ${messageOf(error)}`);
  }

  /** Writes down what the client does. */
  follow(feed: Feed): void {
    feed.use((client) => {
      // A client that was replaced ends too: that is no news.
      const add = (kind: LogKind, text: string) => {
        if (client === feed.client) this.add(kind, text);
      };
      client
        .on('stateChange', (state, previous, { reason, error }) => {
          const code = error?.code === 'CONNECTION_CLOSED' ? error.closeCode : undefined;
          const words = code === undefined ? (error?.message ?? reason) : `close code ${closeText(code)}`;
          add('state', `${previous} → ${state}${words ? `: ${words}` : ''}`);
        })
        .on('disconnected', ({ reason }) => {
          if (reason) add('state', `The server said: ${reason}`);
        })
        .on('reconnecting', ({ attempt, delay }) => add('retry', `Attempt ${attempt} in ${spanText(delay)}`))
        .on('warning', ({ message }) => add('warning', message))
        .on('error', ({ message }) => add('error', message));
    });
  }
}
