import type { OpenSocket, Socket, SocketClose, SocketError, SocketRequest } from 'hpx-transport-ws';

/** One socket, and everything that it reported. */
export interface Probe {
  readonly socket: Socket;
  readonly events: string[];
  readonly messages: (string | Uint8Array)[];
  readonly errors: SocketError[];
  readonly closes: SocketClose[];
  readonly opened: Promise<void>;
  readonly closed: Promise<SocketClose>;
  /** Resolves with the n-th message, counted from 1. */
  message(count?: number): Promise<string | Uint8Array>;
  /** Resolves when this event came in. */
  event(name: string): Promise<void>;
}

/** Opens a socket with an adapter and records its events. */
export function probe(openSocket: OpenSocket, url: string, request: Partial<SocketRequest> = {}): Probe {
  const events: string[] = [];
  const messages: (string | Uint8Array)[] = [];
  const errors: SocketError[] = [];
  const closes: SocketClose[] = [];
  const waits = new Set<() => void>();
  const note = (name: string): void => {
    events.push(name);
    for (const wait of [...waits]) wait();
  };
  const until = <T>(value: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const wait = (): void => {
        const found = value();
        if (found === undefined) return;
        waits.delete(wait);
        resolve(found);
      };
      waits.add(wait);
      wait();
    });
  const socket = openSocket(
    { url, protocols: [], maxMessageSize: 16 * 1_024 * 1_024, ...request },
    {
      onOpen: () => note('open'),
      onMessage: (data) => {
        messages.push(data);
        note('message');
      },
      onPing: () => note('ping'),
      onPong: () => note('pong'),
      onError: (error) => {
        errors.push(error);
        note('error');
      },
      onClose: (close) => {
        closes.push(close);
        note('close');
      },
    },
  );
  const event = async (name: string): Promise<void> => {
    await until(() => (events.includes(name) ? true : undefined));
  };
  return {
    socket,
    events,
    messages,
    errors,
    closes,
    opened: event('open'),
    closed: until(() => closes[0]),
    message: (count = 1) => until(() => messages[count - 1]),
    event,
  };
}
