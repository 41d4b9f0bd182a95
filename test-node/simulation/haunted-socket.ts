import type { OpenSocket, Socket } from 'hpx-transport-ws';
import type { VirtualClock } from 'hpx-transport-ws/testing';

/** How long a ghost waits. */
const WAIT = 40;

/**
 * Sockets of an unsound platform: when the client has left one, it still opens, brings frames, fails and closes, twice.
 * A client has to take no notice (C1).
 */
export function haunted(
  openSocket: OpenSocket,
  clock: VirtualClock,
  isHaunted: () => boolean,
  onSocket: (socket: Socket) => void,
  countsBytes: boolean,
): OpenSocket {
  return (request, events) => {
    const haunt = () => {
      if (!isHaunted()) return;
      clock.setArrival(() => {
        events.onOpen();
        events.onMessage('{"topic":"a","sequence":1,"data":"a ghost"}');
        events.onMessage('{"op":"auth","success":false,"final":true}');
        events.onPong();
        events.onError({ status: 401, cause: new Error('a ghost') });
        events.onClose({ code: 4009, reason: 'a ghost', wasClean: true });
        events.onClose({ code: 1006, reason: '', wasClean: false });
      }, WAIT);
    };
    const socket = openSocket(request, events);
    onSocket(socket);
    return {
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      // Browsers do not count them.
      get isClosing() {
        return socket.isClosing;
      },
      get bytesReceived() {
        return countsBytes ? socket.bytesReceived : undefined;
      },
      get bytesSent() {
        return countsBytes ? socket.bytesSent : undefined;
      },
      send: (data) => socket.send(data),
      close: (code, reason) => {
        socket.close(code, reason);
        haunt();
      },
      terminate: () => {
        socket.terminate?.();
        haunt();
      },
      ping: () => socket.ping?.(),
      pause: () => socket.pause?.(),
      resume: () => socket.resume?.(),
    };
  };
}
