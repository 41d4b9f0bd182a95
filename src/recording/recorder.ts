import { adapterRuntime } from '#adapter';
import { maskSecrets, redactedUrl } from '../protocol/secrets.js';
import type { Runtime, Socket, SocketEvents, SocketRequest } from '../runtime.js';
import type { TraceEntry } from '../trace.js';
import { checkRuntime } from '../util/check-runtime.js';
import { maskUrl, maskUrls } from '../util/mask-url.js';
import { check, FUNCTION, type OptionRules, oneOf, readOptions } from '../util/options.js';
import { wallTime } from '../util/wall-time.js';
import { describe } from '../util/wrap-error.js';
import { type FrameMask, maskedFrame } from './frame-mask.js';
import { Journal, sizeOf } from './journal.js';
import { RecordedSocket } from './recorded-socket.js';
import { headerLine, type RecordedDetail } from './recording-event.js';
import * as texts from './texts.js';

/** Options of `Recorder`. */
export interface RecorderOptions {
  /**
   * Gets each line as soon as it is complete, without a line break. It should return at once: nothing waits for it. A throw
   * loses this line alone; see `lost`.
   */
  readonly sink: (line: string) => void;
  /**
   * What opens the sockets, and tells the time.
   * @default the runtime of the platform
   */
  readonly runtime?: Partial<Runtime>;
  /**
   * The handler of the client: its `redact()` masks URLs, close reasons and errors. Frames are masked by the client itself.
   * @default undefined: what `redact()` of a plain ProtocolHandler masks
   */
  readonly handler?: { redact(text: string): string };
  /**
   * Which binary frames are written with their content. Bytes cannot be masked, unless they are UTF-8 text.
   * `'public'`: those that came in, as long as the client has not logged in. `'all'`: every one outside a login.
   * `'none'`: only their size.
   * @default 'public': a recording of market data is complete, and one of an account shows nothing
   */
  readonly binary?: 'public' | 'all' | 'none';
}

/** The part of a client that a recorder uses. */
export interface RecordableClient {
  trace(sink: (entry: TraceEntry) => void): () => void;
}

const RULES: OptionRules<RecorderOptions> = {
  sink: FUNCTION,
  runtime: [(value: object) => typeof value === 'object' && value !== null, texts.A_RUNTIME],
  handler: [(value: { redact?: unknown } | null) => typeof value?.redact === 'function', texts.A_HANDLER],
  binary: [...oneOf('public', 'all', 'none')],
};

/**
 * Writes the life of every socket of a client as lines of JSON (NDJSON), for `Player`.
 *
 * The text of a frame is written as the client's own trace shows it: with its secrets masked, and of the frames of a login
 * only the size. So a client must be attached; of a client that is not, all frames show only their size.
 *
 * @example
 * ```ts
 * const lines: string[] = [];
 * const recorder = new Recorder({ sink: (line) => lines.push(line), handler });
 * const client = recorder.attach(new WebSocketClient({ url }, handler, recorder.runtime));
 * await client.connect();
 * await client.close();
 * recorder.stop();
 * JSON.parse(lines[1] ?? '').event; // 'connecting'
 * ```
 */
export class Recorder {
  /** For the third argument of the client. */
  readonly runtime: Runtime;
  readonly #journal: Journal;
  readonly #base: Runtime;
  readonly #redact: (text: string) => string;
  readonly #mask: FrameMask;
  readonly #startedAt: number;
  #sockets = 0;
  /** The last socket that the client has let go of. */
  #left = 0;
  /** Ends the trace of the attached client. Missing before `attach()`. */
  #detach: (() => void) | undefined;
  #isOn = true;

  /** @throws ConfigError for an unknown option or a wrong value */
  constructor(options: RecorderOptions) {
    const { sink, runtime = {}, handler, binary = 'public' } = readOptions('options', options, RULES);
    check('sink', sink, FUNCTION);
    checkRuntime(runtime);
    this.#redact = (text) => (handler ? handler.redact(text) : maskSecrets(text));
    this.#mask = { binary, redact: (text) => this.#masked(text), hasLogin: false };
    this.#journal = new Journal(sink);
    const base: Runtime = { ...adapterRuntime, ...given(runtime) };
    this.#base = base;
    this.#startedAt = base.clock.now();
    this.#journal.header(headerLine(wallTime(base.clock)));
    this.runtime = { ...base, openSocket: (request, events) => this.#open(request, events) };
  }

  /** How many lines were written. */
  get lines(): number {
    return this.#journal.lines;
  }

  /** How many lines the sink did not take, because it threw. */
  get lost(): number {
    return this.#journal.lost;
  }

  /**
   * Records what the client shows of its frames. Call it before `connect()`, once.
   * @returns the client
   * @throws ConfigError for anything but a client, or for a second client
   */
  attach<C extends RecordableClient>(client: C): C {
    check('client', client, [
      (value: C | null) => typeof value?.trace === 'function' && !this.#detach,
      texts.ONE_CLIENT,
    ]);
    this.#detach = client.trace((entry) => this.#traced(entry));
    return client;
  }

  /** Ends the recording. The sockets go on. */
  stop(): void {
    if (!this.#isOn) return;
    this.#journal.settle();
    this.#isOn = false;
    this.#detach?.();
  }

  #open(request: SocketRequest, events: SocketEvents): Socket {
    const number = ++this.#sockets;
    // The client does not look at the frames of an earlier socket any more.
    this.#journal.settle();
    this.#add(number, { event: 'connecting', url: this.#shownUrl(request.url) });
    try {
      const socket = this.#base.openSocket(request, this.#heard(number, events));
      return new RecordedSocket(socket, {
        onSend: (data, send) => this.#send(number, data, send),
        onPing: () => this.#add(number, { event: 'ping', direction: 'out' }),
        onLeave: (code, reason) => {
          // The client has let go of the socket, and looks at no further frame of it.
          this.#journal.settle();
          this.#left = number;
          const why = reason === undefined ? {} : { reason: this.#masked(reason) };
          this.#add(number, { event: 'leave', ...(code === undefined ? {} : { code }), ...why });
        },
      });
    } catch (cause) {
      this.#add(number, { event: 'error', message: this.#masked(describe(cause)) });
      throw cause;
    }
  }

  /** The events of a socket, each with its line. */
  #heard(number: number, events: SocketEvents): SocketEvents {
    return {
      onOpen: () => {
        this.#add(number, { event: 'open' });
        events.onOpen();
      },
      onMessage: (data) => {
        this.#expect(number, 'in', data);
        events.onMessage(data);
      },
      onPing: () => {
        this.#add(number, { event: 'ping', direction: 'in' });
        events.onPing();
      },
      onPong: () => {
        this.#add(number, { event: 'pong', direction: 'in' });
        events.onPong();
      },
      onError: (error) => {
        const { status, retryAfter } = error;
        this.#add(number, {
          event: 'error',
          message: this.#masked(describe(error.cause)),
          ...(status === undefined ? {} : { status }),
          ...(retryAfter === undefined ? {} : { retryAfter }),
        });
        events.onError(error);
      },
      onClose: (close) => {
        const { code, reason, wasClean } = close;
        this.#add(number, { event: 'close', code, reason: this.#masked(reason), wasClean });
        events.onClose(close);
      },
      ...(events.onNote ? { onNote: (note: string) => events.onNote?.(note) } : {}),
    };
  }

  #send(number: number, data: string | Uint8Array, send: () => void): void {
    const frame = this.#expect(number, 'out', data);
    try {
      send();
    } catch (cause) {
      if (frame) this.#journal.withdraw(frame);
      throw cause;
    }
  }

  /** A frame whose line waits until the client's trace has shown the frame. */
  #expect(socket: number, event: 'in' | 'out', data: string | Uint8Array) {
    if (!this.#isOn) return undefined;
    const frame = { time: this.#time, socket, event, data };
    this.#journal.expect(frame);
    if (!this.#detach || socket === this.#left) this.#journal.show(event, sizeOf(data));
    return frame;
  }

  #traced(entry: TraceEntry): void {
    if (entry.type === 'effect' && entry.effect === 'authentication') this.#mask.hasLogin = true;
    if (entry.type !== 'frame') return;
    const frame = this.#journal.oldest(entry.direction);
    if (frame) this.#journal.show(entry.direction, maskedFrame(frame, entry.text, this.#mask));
  }

  #add(socket: number, detail: RecordedDetail): void {
    if (this.#isOn) this.#journal.add(this.#time, socket, detail);
  }

  /** Milliseconds since the start, to a thousandth. */
  get #time(): number {
    return Math.round((this.#base.clock.now() - this.#startedAt) * 1_000) / 1_000;
  }

  #shownUrl(url: string): string {
    return redactedUrl(url, { redact: this.#redact }) ?? maskUrl(new URL(url).origin);
  }

  /** A handler that cannot mask a text must not let its secrets out. */
  #masked(text: string): string {
    try {
      return this.#redact(maskUrls(text));
    } catch {
      return `<${text.length} characters>`;
    }
  }
}

/** Without the members that are undefined: they count as missing. */
function given(runtime: Partial<Runtime>): Partial<Runtime> {
  const entries = Object.keys(runtime).map((name) => [name, runtime[name as keyof Runtime]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
