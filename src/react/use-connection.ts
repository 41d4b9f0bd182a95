import { useInsertionEffect, useSyncExternalStore } from 'react';
import { ConfigError } from '../errors.js';
import { type Connection, type ConnectionSource, isClient } from './connection.js';
import { ObservedConnection, OwnedConnection } from './connection-stores.js';
import * as texts from './texts.js';
import { useKept } from './use-kept.js';

export interface UseConnectionOptions {
  /**
   * With a function that makes the client: when the key changes, the hook closes the client and makes another one.
   * Give it what the client is made of, for example the URL, or a number that a "try again" button counts up.
   */
  readonly key?: string | number | boolean | object | null;
}

/**
 * What a client is doing, as a snapshot that is the same object while nothing has changed.
 *
 * @param source - a client, which the hook observes; or a function that makes one. Then the hook owns the client: it makes
 *   it once when the component is mounted, connects it, and closes it when the component is gone. It does nothing on a server.
 * @throws ConfigError if the source is neither, or if the function returns no client
 *
 * @example
 * ```tsx
 * function App() {
 *   const { client, state, retryAt } = useConnection(
 *     () => new WebSocketClient({ url: 'wss://stream.example.com' }, new GenericJsonHandler()),
 *   );
 *   const { data } = useLatest(client, 'trades.BTC');
 *   return <p>{state === 'ready' ? JSON.stringify(data) : `${state}, next attempt at ${retryAt}`}</p>;
 * }
 * ```
 */
export function useConnection<Client extends ConnectionSource>(
  source: () => Client,
  options?: UseConnectionOptions,
): Connection<Client | undefined>;
export function useConnection<Client extends ConnectionSource | undefined>(source: Client): Connection<Client>;
export function useConnection(
  source: ConnectionSource | (() => ConnectionSource) | undefined,
  options?: UseConnectionOptions,
): Connection<ConnectionSource | undefined> {
  const key = options?.key;
  const make = typeof source === 'function' ? source : undefined;
  const client = typeof source === 'function' ? undefined : (source ?? undefined);
  if (client && !isClient(client)) throw new ConfigError('source', client, texts.A_SOURCE);
  const store = useKept(
    () => (make ? new OwnedConnection(make, key) : new ObservedConnection(client)),
    (kept) =>
      kept instanceof OwnedConnection ? make !== undefined && Object.is(kept.key, key) : !make && kept.observes(client),
  );
  useInsertionEffect(() => {
    if (make && store instanceof OwnedConnection) store.make = make;
  });
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}
