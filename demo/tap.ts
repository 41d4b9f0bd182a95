import { type Channel, type ProtocolHandler, WebSocketClient } from 'hpx-transport-ws';
import { closeText } from './close-codes.js';
import type { Screen } from './screen.js';
import { cut, WIDTH, wrap } from './wrap.js';

/** A venue that the demo can listen to. */
export interface DemoVenue {
  /** The endpoint with public data. */
  readonly url: string;
  /** What is shown if no topic is asked for. */
  readonly topics: readonly string[];
  handler(): ProtocolHandler<object, object>;
  /** Starts a server that speaks the protocol of the venue, on this machine. */
  serve(): Promise<LocalVenue>;
}

export interface LocalVenue {
  readonly url: string;
  close(): Promise<void>;
}

export interface TapOptions {
  readonly venue: DemoVenue;
  readonly url: string;
  readonly topics: readonly string[];
}

/** Milliseconds until the demo says that there is no connection. */
const PATIENCE = 10_000;
/** Milliseconds between two lines of one topic. A busy topic has hundreds of updates in this time. */
const PACE = 500;
/** The columns of the kind before the text of news. */
const MARGIN = 9;

/** What is known of a topic. */
interface Tapped {
  updates: number;
  gaps: number;
  shownAt: number;
}

/** Prints the updates of topics until the signal aborts. Returns the exit code. */
export async function tap({ venue, url, topics }: TapOptions, screen: Screen, signal: AbortSignal): Promise<number> {
  // The topics of the command line are texts of any kind.
  const client = new WebSocketClient({ url }, venue.handler() as unknown as ProtocolHandler);
  const tapped = new Map<string, Tapped>(topics.map((topic) => [topic, { updates: 0, gaps: 0, shownAt: -Infinity }]));
  const say = (kind: string, text: string) => {
    const [first = '', ...more] = wrap(text, WIDTH - MARGIN);
    screen.print(`${screen.paint(kind.padEnd(MARGIN - 1), 'cyan')} ${first}`);
    for (const line of more) screen.print(' '.repeat(MARGIN) + line);
  };
  client.on('error', (error) => say('error', error.message));
  client.on('warning', ({ message }) => say('warning', message));
  client.on('disconnected', ({ code, reason }) => signal.aborted || say('lost', closeText(code, reason)));
  client.on('reconnecting', ({ attempt, delay }) => say('wait', `attempt ${attempt} in ${Math.round(delay)} ms`));
  client.on('ready', (epoch) => say('ready', `connection ${epoch} to ${url}`));
  try {
    await client.connect({ signal, timeout: PATIENCE });
  } catch (error) {
    // After Ctrl-C the reason of the signal says nothing: the last failure does.
    const why = signal.aborted ? client.lastError?.message : (error as Error).message;
    await client.close();
    const text = `No connection to ${url}. ${why ?? ''} Without the internet, use --local: a scripted server.`;
    for (const line of wrap(text, WIDTH)) screen.print(line);
    return 1;
  }
  const { channels, errors } = await client.subscribeMany([...topics], { partial: true });
  for (const [, error] of errors) say('refused', error.message);
  for (const channel of channels) show(channel, tapped.get(channel.topic) ?? newTapped(), screen, say);
  screen.start(() => panel(screen, client, tapped));
  if (channels.length > 0) await aborted(signal);
  screen.stop();
  const { received, parsed, reconnects } = client.stats();
  await client.close();
  screen.print();
  screen.print(`${received} frames received, ${parsed} parsed, ${reconnects} reconnects`);
  for (const [topic, { updates, gaps }] of tapped) screen.print(`${topic}: ${updates} updates, ${gaps} gaps`);
  return channels.length > 0 ? 0 : 1;
}

function newTapped(): Tapped {
  return { updates: 0, gaps: 0, shownAt: -Infinity };
}

function show(channel: Channel, news: Tapped, screen: Screen, say: (kind: string, text: string) => void): void {
  channel.on('gap', ({ since, until, cause }) => {
    news.gaps++;
    say('gap', `${channel.topic} may have missed ${until - since} ms (${cause})`);
  });
  channel.on('error', (error) => say('error', error.message));
  channel.on('message', (data) => {
    news.updates++;
    const now = performance.now();
    if (now - news.shownAt < PACE) return;
    news.shownAt = now;
    const { topic } = channel;
    screen.print(`${screen.paint(topic, 'green')} ${cut(jsonOf(data), Math.max(12, WIDTH - topic.length - 1))}`);
  });
}

function panel(screen: Screen, client: WebSocketClient, topics: ReadonlyMap<string, Tapped>): string[] {
  const { state, received, parsed, roundTrip } = client.stats();
  const updates = [...topics.values()].reduce((sum, topic) => sum + topic.updates, 0);
  const facts = [`${updates} updates`, `${received} frames`, `${parsed} parsed`];
  if (roundTrip !== undefined) facts.push(`round trip ${roundTrip.toFixed(1)} ms`);
  const colour = state === 'ready' ? 'green' : 'red';
  return ['', `${screen.paint(state, 'bold', colour)}  ${facts.join(' · ')} · Ctrl-C ends`];
}

function jsonOf(data: unknown): string {
  return JSON.stringify(data, (_name, value) => (typeof value === 'bigint' ? value.toString() : value)) ?? '';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
