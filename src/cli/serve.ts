import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SocketEvents } from 'hpx-transport-ws';
import { Player } from 'hpx-transport-ws/recording';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ReplayCommand, UsageError } from './arguments.js';
import { checkRecording, linesOf, REQUEST } from './recording-file.js';
import type { Report } from './report.js';
import * as texts from './texts.js';

/**
 * Serves a recording to WebSocket clients on this machine until the signal aborts. Each client gets the recording from its
 * beginning; a client that the recording has dropped goes on with the next recorded connection. Returns the exit code.
 * @throws UsageError if there is no such file, it is no recording, or the port is taken
 */
export async function serve(command: ReplayCommand, report: Report, signal: AbortSignal): Promise<number> {
  await checkRecording(command.file);
  const served = new RecordingServer(command, report);
  const url = await served.listen(command.port ?? 0);
  report.event('serve', texts.serving(command.file, url), { url });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await served.close();
  report.summary([texts.served(served.connections)], { connections: served.connections });
  return served.hasFailed ? 1 : 0;
}

class RecordingServer {
  connections = 0;
  /** A line of the recording could not be read. */
  hasFailed = false;
  readonly #command: ReplayCommand;
  readonly #report: Report;
  readonly #http: Server;
  readonly #wss = new WebSocketServer({ noServer: true });
  /** The connections of all clients, also of those that wait for the recording to open. */
  readonly #raws = new Set<Duplex>();
  /** Players whose client was dropped by the recording, and may come back. */
  readonly #waiting: Player[] = [];
  /** What closes the file of a player, for each player that has not ended. */
  readonly #files = new Map<Player, AbortController>();

  constructor(command: ReplayCommand, report: Report) {
    this.#command = command;
    this.#report = report;
    this.#http = createServer((_, response) => {
      response.writeHead(426, { Connection: 'close' });
      response.end();
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', (cause) => reject(new UsageError(texts.cannotServe(cause.message), 'replay')));
      this.#http.listen(port, '127.0.0.1', () => {
        resolve(`ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`);
      });
    });
  }

  close(): Promise<void> {
    for (const raw of this.#raws) raw.destroy();
    for (const player of this.#files.keys()) player.stop();
    return new Promise((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  #upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    this.#raws.add(raw);
    raw.on('close', () => this.#raws.delete(raw));
    raw.on('error', () => raw.destroy());
    const player = this.#nextPlayer();
    let socket: WebSocket | undefined;
    let status = 503;
    let isEnded = false;
    const events: SocketEvents = {
      onOpen: () => {
        this.#wss.handleUpgrade(request, raw, head, (opened) => {
          socket = opened;
          this.#serve(opened, played);
        });
      },
      onMessage: (data) => socket?.send(data),
      onPing: () => socket?.ping(),
      onPong: () => {},
      onError: (error) => {
        status = error.status ?? status;
      },
      onClose: ({ code, reason }) => {
        isEnded = true;
        this.#waiting.push(player);
        if (socket) end(socket, code, reason);
        else raw.end(`HTTP/1.1 ${status} Recorded\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      },
    };
    const played = player.runtime.openSocket(REQUEST, events);
    raw.on('close', () => {
      played.terminate?.();
      // The client has left. No other client may get the rest of its replay.
      if (!isEnded) player.stop();
    });
  }

  #serve(socket: WebSocket, played: { send(data: string | Uint8Array): void }): void {
    this.connections++;
    this.#report.event('ready', texts.client(this.connections));
    socket.on('message', (data: Buffer, isBinary) => {
      this.#report.frame('in', isBinary ? `<${data.byteLength} bytes>` : String(data));
      // The recording may have closed this connection already.
      if (socket.readyState === socket.OPEN) played.send(isBinary ? new Uint8Array(data) : String(data));
    });
    socket.on('error', () => socket.terminate());
  }

  /** A player with connections left; else a new one, at the beginning. */
  #nextPlayer(): Player {
    let player: Player | undefined;
    do player = this.#waiting.shift();
    while (player && !this.#files.has(player));
    return player ?? this.#newPlayer();
  }

  #newPlayer(): Player {
    const { file, speed } = this.#command;
    const end = new AbortController();
    const player = new Player(linesOf(file, end.signal), { speed });
    this.#files.set(player, end);
    const ended = player.finished.catch((error: Error) => {
      this.hasFailed = true;
      this.#report.event('error', error.message);
    });
    void ended.then(() => {
      this.#files.delete(player);
      end.abort();
    });
    return player;
  }
}

/** Ends a connection as the recording says. */
function end(socket: WebSocket, code: number, reason: string): void {
  const mayBeSent = code === 1000 || (code >= 1001 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006);
  if (mayBeSent || (code >= 3000 && code <= 4999)) socket.close(code, reason);
  else if (code === 1005) socket.close();
  else socket.terminate();
}
