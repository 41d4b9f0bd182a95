import net from 'node:net';
import tls from 'node:tls';

/** What Node passes to a function that makes the TCP or TLS connection of a request. */
interface DialOptions extends net.TcpNetConnectOpts {
  readonly host: string;
  readonly servername?: string;
  readonly socketPath?: string;
}

type Dialled = (error: Error | null, socket?: net.Socket) => void;

/**
 * Makes the TCP connection of one WebSocket, so that it can be reset. A TLS socket cannot be reset, only the TCP socket
 * below it.
 */
export class NodeDialler {
  #tcp: net.Socket | undefined;
  #tls: tls.TLSSocket | undefined;

  /** The TCP connection; missing before the attempt to connect, and where Node does not make it. */
  get tcp(): net.Socket | undefined {
    return this.#tcp;
  }

  /** For `ws:`. Passed to ws as `createConnection`. */
  readonly plain = (options: DialOptions): net.Socket => {
    const tcp = net.connect(options.socketPath ? { path: options.socketPath } : { ...options, path: undefined });
    this.#tcp = tcp;
    return tcp;
  };

  /** For `wss:`. TLS starts on a connected socket, because Node may try several addresses one after the other. */
  readonly secure = (options: DialOptions, dialled: Dialled): undefined => {
    const tcp = net.connect({ ...options, path: undefined });
    this.#tcp = tcp;
    const failed = (error: Error) => dialled(error);
    tcp.once('error', failed);
    tcp.once('timeout', () => tcp.destroy(new Error('Opening handshake has timed out')));
    tcp.once('connect', () => {
      tcp.off('error', failed);
      tcp.setTimeout(0);
      const servername = options.servername ?? (net.isIP(options.host) ? '' : options.host);
      this.#tls = tls.connect({ ...options, path: undefined, servername, socket: tcp });
      dialled(null, this.#tls);
    });
  };

  /** Resets the connection: bytes that the server has not read are dropped. Returns false if there is no connection. */
  reset(): boolean {
    const tcp = this.#tcp;
    if (!tcp || tcp.destroyed) return false;
    // There is nothing to reset on the way to the server, and the reset would wait for the connection. During a shutdown
    // libuv refuses the reset (uv_tcp_close_reset), and Node 20 would leave the handle open for ever.
    if (tcp.connecting || isShuttingDown(tcp) || isShuttingDown(this.#tls)) tcp.destroy();
    else tcp.resetAndDestroy();
    return true;
  }
}

/** Whether `end()` was called and the system has not sent the end of the stream yet. */
function isShuttingDown(socket: net.Socket | undefined): boolean {
  return Boolean(socket?.writableEnded && !socket.writableFinished);
}
