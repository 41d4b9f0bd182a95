import type { Socket, SocketEvents, SocketRequest, WebSocketClient } from 'hpx-transport-ws';
import { maskSecrets } from '../../src/protocol/secrets.js';
import type { Entry, Happening } from './history.js';

/**
 * Writes a history. Works on any runtime: give it the time, wrap the runtime's `openSocket`, and let it watch the client.
 *
 * @example
 * ```ts
 * const recorder = new Recorder(() => performance.now());
 * const log = recorder.of('a');
 * const client = new WebSocketClient(config, handler, { openSocket: log.openSocket(nodeRuntime.openSocket) });
 * log.watch(client);
 * const application = new Application(client, log);
 * // … and at the end
 * judge(recorder.history, setup);
 * ```
 */
export class Recorder {
  readonly history: Entry[] = [];
  /** Called with each entry as it is recorded. */
  onEntry: (entry: Entry) => void = () => {};
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Of the world, which all clients share. */
  write(happening: Happening): void {
    this.add({ at: this.#now(), ...happening });
  }

  /** Of one client. */
  of(client: string): ClientLog {
    return new ClientLog((happening) => this.add({ at: this.#now(), client, ...happening }));
  }

  add(entry: Entry): void {
    this.history.push(entry);
    this.onEntry(entry);
  }
}

/** Bytes in a socket above which the client holds something back. */
const MANY_BYTES = 64 * 1_024;

interface Arrived {
  readonly raw: string;
  /** As the history has it. */
  readonly text: string;
}

/** Messages in several frames: the history has the whole message in place of its last frame. */
class Parts {
  #missing = 0;
  #text = '';

  read(raw: string): string {
    if (this.#missing === 0) {
      this.#missing = Number(/^\{"op":"parts","count":(\d+)\}$/.exec(raw)?.[1] ?? 0);
      return raw;
    }
    this.#text += raw;
    if (--this.#missing > 0) return `<${raw.length} characters of a message>`;
    const whole = this.#text;
    this.#text = '';
    return whole;
  }
}

type OpenSocket = (request: SocketRequest, events: SocketEvents) => Socket;

/** What concerns one client. */
export class ClientLog {
  readonly write: (happening: Happening) => void;
  /** Whether bytes of a frame that is not complete are coming in. */
  flows: () => boolean = () => false;
  /** When a byte last left that the first unanswered ping had to wait for. */
  aheadLeftAt: () => number | undefined = () => undefined;
  #sockets = 0;
  #socket: Socket | undefined;
  /** What came in on the last socket and was not handed out yet, oldest first. */
  #arrived: Arrived[] = [];

  constructor(write: (happening: Happening) => void) {
    this.write = write;
  }

  /** What a line of the history tells of the bytes on their way. */
  get flow(): { readonly flows?: boolean; readonly aheadLeftAt?: number; readonly buffered?: number } {
    const buffered = this.#socket?.bufferedAmount ?? 0;
    const aheadLeftAt = this.aheadLeftAt();
    return {
      ...(this.flows() && { flows: true }),
      ...(aheadLeftAt !== undefined && { aheadLeftAt }),
      ...(buffered > MANY_BYTES && { buffered }),
    };
  }

  /** The same, with everything that passes written down. */
  openSocket(inner: OpenSocket): OpenSocket {
    return (request, events) => {
      const socket = ++this.#sockets;
      const { write } = this;
      this.#arrived = [];
      const parts = new Parts();
      write({ type: 'dial', socket });
      const opened = inner(request, {
        onOpen: () => {
          write({ type: 'open', socket });
          events.onOpen();
        },
        onMessage: (data) => {
          const raw = textOf(data);
          const text = parts.read(raw);
          if (socket === this.#sockets) this.#arrived.push({ raw, text });
          write({ type: 'in', socket, text });
          events.onMessage(data);
        },
        onPing: () => {
          write({ type: 'pinged', socket });
          events.onPing();
        },
        onPong: () => {
          write({ type: 'pong', socket });
          events.onPong();
        },
        onError: (error) => {
          write({ type: 'socket-error', socket, status: error.status, retryAfter: error.retryAfter });
          events.onError(error);
        },
        onClose: (close) => {
          write({ type: 'socket-closed', socket, code: close.code });
          events.onClose(close);
        },
      });
      this.#socket = opened;
      return recorded(opened, socket, this);
    };
  }

  /** Records the trace and the events of the client. */
  watch(client: WebSocketClient): void {
    const { write } = this;
    client.trace((entry) => {
      if (entry.type === 'transition') {
        const { from, to, event, cause } = entry;
        write({ type: 'transition', from, to, event, cause });
      } else if (entry.type === 'effect' && entry.effect === 'leave') {
        write({ type: 'leave', timeout: (entry.detail as { timeout: number }).timeout });
      } else if (entry.type === 'frame' && entry.direction === 'in') {
        const next = this.#arrived.shift();
        // The trace hides secrets, and all that comes in during a login; the length tells which frame that was.
        const isNext = next !== undefined && [next.raw, ...hiddenForms(next.raw)].includes(entry.text);
        write({ type: 'handed', text: isNext ? next.text : entry.text });
      }
    });
    client.on('stateChange', (to, from, { event }) => write({ type: 'state', to, from, event }));
    client.on('ready', (epoch) => write({ type: 'ready', epoch }));
    client.on('reconnecting', ({ attempt, delay }) => write({ type: 'reconnecting', attempt, delay }));
    client.on('disconnected', ({ code, cause }) => {
      const words = cause?.message ?? '';
      write({
        type: 'disconnected',
        code,
        silent: words.startsWith('No sign of life'),
        planned: words.startsWith('Reconnecting:'),
        refused: words.startsWith('The socket took no more frames'),
      });
    });
    client.on('error', ({ code, message }) => write({ type: 'error', code, message }));
    client.on('warning', ({ code }) => write({ type: 'warning', code }));
    void client.closed.then(({ error }) => write({ type: 'ended', code: error?.code }));
  }
}

function recorded(inner: Socket, socket: number, log: ClientLog): Socket {
  const { ping, pause, resume, terminate } = inner;
  const { write } = log;
  return {
    get bufferedAmount() {
      return inner.bufferedAmount;
    },
    get isClosing() {
      return inner.isClosing;
    },
    get bytesReceived() {
      return inner.bytesReceived;
    },
    get bytesSent() {
      return inner.bytesSent;
    },
    send: (data) => {
      try {
        inner.send(data);
      } catch (error) {
        write({ type: 'send-failed', socket });
        throw error;
      }
      write({ type: 'out', socket, text: textOf(data) });
    },
    close: (code, reason) => {
      write({ type: 'close-socket', socket, code });
      inner.close(code, reason);
    },
    ...(terminate && {
      terminate: () => {
        write({ type: 'terminate', socket, ...log.flow });
        terminate.call(inner);
      },
    }),
    ...(ping && {
      ping: () => {
        write({ type: 'ping', socket });
        ping.call(inner);
      },
    }),
    ...(pause && { pause: () => pause.call(inner) }),
    ...(resume && { resume: () => resume.call(inner) }),
  };
}

/** What the trace may show of a frame that comes in during a login. */
function hiddenForms(raw: string): string[] {
  return [maskSecrets(raw), `<${raw.length} characters of a login>`, raw.replace(/^(<\d+ bytes)>$/, '$1 of a login>')];
}

function textOf(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : `<${data.byteLength} bytes>`;
}
