import { getEventListeners } from 'node:events';
import type { WebSocketClient } from 'hpx-transport-ws';

/** What a client was given to do. */
export interface Occupation {
  /** Of every call that takes a signal; one for all. */
  readonly signal: AbortSignal;
  /** Names of calls that are still open. */
  readonly open: ReadonlySet<string>;
  /** Listeners that are left on the signal. */
  readonly signalListeners: number;
}

/** Starts everything that a client can be busy with, in whatever state it is; none of it leads to another state. */
export function occupy(client: WebSocketClient): Occupation {
  const { signal } = new AbortController();
  const open = new Set<string>();
  const follow = (name: string, promise: Promise<unknown>) => {
    open.add(name);
    const done = () => void open.delete(name);
    promise.then(done, done);
  };
  if (client.state !== 'disconnected') follow('connect', client.connect({ signal }));
  follow('authenticate', client.authenticate());
  follow('request', client.request({ op: 'never' }, { signal, timeout: Infinity }));
  follow('idempotent request', client.request({ op: 'never' }, { signal, retry: 'idempotent' }));
  follow('requestRaw', client.requestRaw('{"op":"never","req_id":"raw"}', { signal }));
  follow('send', client.send('note'));
  follow('subscribeMany', client.subscribeMany(['many.1', 'many.2', 'many.3'], { signal }));
  const listening = client.subscribe('a', { signal, overflow: 'latest', conflateInterval: 60_000 });
  follow('subscribe', listening);
  listening.then((channel) => channel.on('message', () => {})).catch(() => {});
  const looping = client.subscribe('a', { signal });
  follow(
    'loop',
    looping.then((channel) => channel.updates().next()),
  );
  client.trace(() => {});
  return {
    signal,
    open,
    get signalListeners() {
      return getEventListeners(signal, 'abort').length;
    },
  };
}
