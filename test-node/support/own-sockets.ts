import {
  GenericJsonHandler,
  type OpenSocket,
  type Socket,
  type SocketEvents,
  type SocketRequest,
  type TraceEntry,
  WebSocketClient,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { atEnd } from './live.js';

/** A socket that the client opened. */
export interface Opened {
  readonly request: SocketRequest;
  readonly events: SocketEvents;
  /** What the client asked of the socket. */
  readonly calls: string[];
}

export interface OwnSocketsOptions {
  readonly config?: Partial<WebSocketConfigInput>;
  readonly handler?: GenericJsonHandler;
  /** In place of what a socket has. */
  readonly socket?: Partial<Socket>;
  /** What happens inside `openSocket()`. */
  readonly onOpen?: (events: SocketEvents) => void;
}

/** A client on sockets of the test's own, in virtual time: they open after a millisecond and say nothing. */
export function ownSockets({ config, handler = new GenericJsonHandler(), socket, onOpen }: OwnSocketsOptions = {}) {
  const clock = new VirtualClock();
  const sockets: Opened[] = [];
  const openSocket: OpenSocket = (request, events) => {
    const calls: string[] = [];
    sockets.push({ request, events, calls });
    if (onOpen) onOpen(events);
    else clock.setTimer(() => events.onOpen(), 1);
    const own: Socket = {
      bufferedAmount: 0,
      send: (data) => void calls.push(`send ${String(data)}`),
      close: (code, reason) => void calls.push(`close ${code} ${reason}`),
      terminate: () => void calls.push('terminate'),
      ping: () => void calls.push('ping'),
    };
    // A getter stays one.
    return Object.defineProperties(own, Object.getOwnPropertyDescriptors(socket ?? {}));
  };
  const settings = { url: 'ws://test', reconnectInitialDelay: 0, pingInterval: 0, ...config };
  const client = new WebSocketClient(settings, handler, { clock, openSocket });
  atEnd(async () => {
    const closed = client.close({ deadline: 0 });
    await clock.advance(1_000);
    await closed;
  });
  const messages: string[] = [];
  const errors: Error[] = [];
  const causes: (Error | undefined)[] = [];
  const effects: TraceEntry[] = [];
  client.on('message', ({ text }) => messages.push(text));
  client.on('error', (error) => errors.push(error));
  client.on('disconnected', ({ cause }) => causes.push(cause));
  client.trace((entry) => {
    if (entry.type === 'effect') effects.push(entry);
  });
  return {
    client,
    clock,
    sockets,
    messages,
    errors,
    /** Why each connection ended. */
    causes,
    /** The effects of a name in the trace. */
    effects: (name: string) => effects.filter((entry) => entry.type === 'effect' && entry.effect === name),
    nth: (index: number) => sockets[index] as Opened,
    connect: async () => {
      const connecting = client.connect();
      await clock.advance(5);
      return connecting;
    },
  };
}
