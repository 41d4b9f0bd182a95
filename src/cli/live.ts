import { type Channel, type Runtime, WebSocketClient } from 'hpx-transport-ws';
import { maskUrl } from '../util/mask-url.js';
import type { ConnectionOptions } from './arguments.js';
import { protocolOf } from './handlers.js';
import { Rate } from './rate.js';
import type { Report } from './report.js';
import { SentFrames } from './sent-frames.js';
import * as texts from './texts.js';

/** Milliseconds until the first connection must be ready. */
const PATIENCE = 10_000;
/** Milliseconds between two lines of numbers for programs. */
const STATS_INTERVAL = 1_000;
/** Frequent pings, so that a round trip is known soon. */
const PING_INTERVAL = 5_000;

/** What a command does with the client. */
export interface LiveSetup {
  /** Replaces parts of the platform. */
  readonly runtime?: Partial<Runtime>;
  /** Gets the client before it connects. */
  readonly prepare?: (client: WebSocketClient) => void;
}

/** Connects, subscribes, sends, and tells what happens until the signal aborts. Returns the exit code. */
export async function runLive(
  options: ConnectionOptions,
  report: Report,
  signal: AbortSignal,
  setup: LiveSetup = {},
): Promise<number> {
  const { handler, url } = await protocolOf(options);
  const config = {
    url,
    pingInterval: PING_INTERVAL,
    ...(options.reconnects ? {} : { reconnectMaxAttempts: 0 }),
    ...(Object.keys(options.headers).length > 0 ? { nodeOptions: { headers: { ...options.headers } } } : {}),
  };
  const client = new WebSocketClient(config, handler, setup.runtime);
  const run = new LiveRun(client, report, signal, maskUrl(url));
  setup.prepare?.(client);
  return run.run(options);
}

/** What programs get of a run, each second and at its end. */
interface LiveNumbers {
  readonly state: string;
  readonly received: number;
  readonly sent: number;
  readonly reconnects: number;
  readonly gaps: number;
  readonly bytesReceived: number | undefined;
  readonly roundTrip: number | undefined;
  readonly framesPerSecond: number;
  readonly bytesPerSecond: number;
}

/** One run of `tap` or `record`. */
class LiveRun {
  readonly #client: WebSocketClient;
  readonly #report: Report;
  readonly #signal: AbortSignal;
  readonly #url: string;
  readonly #startedAt = performance.now();
  readonly #frames: Rate;
  readonly #bytes: Rate;
  #gaps = 0;

  constructor(client: WebSocketClient, report: Report, signal: AbortSignal, url: string) {
    this.#client = client;
    this.#report = report;
    this.#signal = signal;
    this.#url = url;
    this.#frames = new Rate(() => client.stats().received);
    this.#bytes = new Rate(() => client.stats().bytesReceived ?? 0);
    this.#watch();
  }

  async run({ topics, send, duration }: ConnectionOptions): Promise<number> {
    const client = this.#client;
    this.#report.event('connect', texts.connectingTo(this.#url), { url: this.#url });
    const sent = new SentFrames(client, send, this.#report);
    try {
      await client.connect({ signal: this.#signal, timeout: Math.min(PATIENCE, duration) });
    } catch {
      const why = client.lastError?.message;
      await client.close();
      this.#report.event('error', texts.neverConnected(this.#url, why));
      return 1;
    }
    this.#report.status(() => this.#status());
    const stats = setInterval(() => this.#report.stats(this.#numbers()), STATS_INTERVAL);
    const ended = this.#ended();
    void this.#subscribe(topics);
    await ended;
    clearInterval(stats);
    const numbers = this.#numbers();
    await client.close();
    this.#report.end();
    this.#summarise(numbers);
    return sent.hasFailed ? 1 : 0;
  }

  async #subscribe(topics: readonly string[]): Promise<void> {
    if (topics.length === 0) return;
    const { channels, errors } = await this.#client.subscribeMany([...topics], { partial: true });
    for (const channel of channels) this.#follow(channel);
    if (this.#signal.aborted) return;
    for (const [topic, error] of errors) this.#report.event('error', error.message, { topic });
  }

  #follow(channel: Channel): void {
    const { topic } = channel;
    this.#report.event('topic', topic, { topic });
    channel.on('gap', ({ since, until, cause }) => {
      this.#gaps++;
      this.#report.event('gap', texts.gap(topic, until - since, cause), { topic, since, until, cause });
    });
    channel.on('error', (error) => this.#report.event('error', error.message, { topic }));
    // The frames are shown; a listener keeps the channel from holding the updates.
    channel.on('message', () => {});
  }

  #watch(): void {
    const client = this.#client;
    const report = this.#report;
    /** The reason that was told last. */
    let told: string | undefined;
    client.trace((entry) => {
      if (entry.type === 'frame') report.frame(entry.direction, entry.text);
    });
    client.on('ready', (epoch) => report.event('ready', texts.ready(epoch), { epoch }));
    client.on('disconnected', ({ code, reason, cause }) => {
      if (cause) report.event('lost', reason ? texts.lost(code, reason) : cause.message, { code, reason });
      told = cause?.message;
    });
    client.on('reconnecting', ({ attempt, delay, cause }) => {
      // Attempts that fail for the same reason get one line, not a line each.
      if (cause.message !== told) report.event('error', cause.message, { code: cause.code });
      told = cause.message;
      report.event('wait', texts.retry(attempt, delay), { attempt, delay });
    });
    client.on('warning', ({ message, code }) => report.event('warning', message, { code }));
    client.on('error', ({ message, code }) => report.event('error', message, { code }));
  }

  /** The user ends the run, or the client has ended for good. */
  #ended(): Promise<unknown> {
    const aborted = new Promise<void>((resolve) => {
      if (this.#signal.aborted) resolve();
      else this.#signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return Promise.race([aborted, this.#client.closed]);
  }

  #numbers(): LiveNumbers {
    const { state, received, sent, reconnects, roundTrip, bytesReceived } = this.#client.stats();
    return {
      state,
      received,
      sent,
      reconnects,
      gaps: this.#gaps,
      bytesReceived,
      roundTrip,
      framesPerSecond: Math.round(this.#frames.perSecond()),
      bytesPerSecond: Math.round(this.#bytes.perSecond()),
    };
  }

  #status(): string {
    const { state, reconnects, roundTrip, framesPerSecond, bytesPerSecond } = this.#numbers();
    const facts = [state, texts.perSecond(framesPerSecond), texts.bytesPerSecond(bytesPerSecond)];
    if (roundTrip !== undefined) facts.push(texts.roundTrip(roundTrip));
    if (reconnects > 0) facts.push(texts.reconnects(reconnects));
    return [...facts, texts.seconds(performance.now() - this.#startedAt), texts.CTRL_C].join(' · ');
  }

  #summarise(numbers: LiveNumbers): void {
    const { received, sent, reconnects, gaps, roundTrip } = numbers;
    const facts = [
      texts.seconds(performance.now() - this.#startedAt),
      texts.frames(received, sent),
      texts.reconnects(reconnects),
      texts.gaps(gaps),
    ];
    if (roundTrip !== undefined) facts.push(texts.roundTrip(roundTrip));
    this.#report.summary(facts, numbers);
  }
}
