import type { OpenSocket, SocketEvents } from 'hpx-transport-ws';

/** Sockets without any delay: what the other end says is reported inside the very call, which no network does. */
export function directSockets(onSend: (text: string, say: (frame: object) => void) => void): {
  readonly openSocket: OpenSocket;
  /** A frame of the other end. */
  say(frame: object): void;
  /** The other end drops the connection. */
  drop(): void;
} {
  let live: SocketEvents | undefined;
  const drop = () => {
    const events = live;
    live = undefined;
    events?.onClose({ code: 1006, reason: '', wasClean: false });
  };
  const say = (frame: object): void => live?.onMessage(JSON.stringify(frame));
  return {
    say,
    drop,
    openSocket: (_request, events) => {
      queueMicrotask(() => {
        live = events;
        events.onOpen();
      });
      // What was read before a pause still comes.
      const flow = { pause: () => {}, resume: () => {} };
      return { bufferedAmount: 0, send: (data) => onSend(String(data), say), close: drop, ...flow };
    },
  };
}
