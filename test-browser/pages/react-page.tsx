import { injected } from './refresh-hook.js';

// First: react-dom looks for the hook when it is loaded.

import { GenericJsonHandler, WebSocketClient, type WebSocketConfigInput } from 'hpx-transport-ws';
import type { BookAdapter, VenueLevel } from 'hpx-transport-ws/order-book';
import {
  type ChannelState,
  type Connection,
  type LatestState,
  type OrderBookState,
  type UseChannelOptions,
  type UseLatestOptions,
  useChannel,
  useConnection,
  useLatest,
  useOrderBook,
} from 'hpx-transport-ws/react';
import { connectWorker, type WorkerClient } from 'hpx-transport-ws/worker';
import { Component, type ReactNode, StrictMode, startTransition, useLayoutEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { createRoot, hydrateRoot, type Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { createSignatureFunctionForTransform, performReactRefresh, register } from 'react-refresh/runtime';

type Client = WebSocketClient | WorkerClient;

/** What the hooks returned at the last commit, and what happened on the way. */
interface Seen {
  connection?: Connection<Client | undefined>;
  channel?: ChannelState<unknown>;
  latest?: LatestState<unknown>;
  book?: OrderBookState;
  /** Every different snapshot of each hook, in order. */
  readonly connections: Connection<Client | undefined>[];
  readonly channels: ChannelState<unknown>[];
  readonly latests: LatestState<unknown>[];
  readonly books: OrderBookState[];
  /** What `onUpdate` got: the label of the rendering whose function was called, and the data. */
  readonly updates: [label: unknown, data: unknown][];
  /** The commits of each painted frame. */
  readonly commits: number[];
  /** What an error boundary caught, and what React told of a hydration that did not match. */
  readonly errors: string[];
}

let seen: Seen;
let frame = 0;
const countFrames = () => {
  frame++;
  requestAnimationFrame(countFrames);
};
requestAnimationFrame(countFrames);

function reset(): Seen {
  seen = { connections: [], channels: [], latests: [], books: [], updates: [], commits: [], errors: [] };
  return seen;
}
reset();

function note<T>(list: T[], value: T): T {
  if (list.at(-1) !== value) list.push(value);
  return value;
}

const config = (url: string): WebSocketConfigInput => ({ url, reconnectInitialDelay: 10, reconnectMaxDelay: 50 });
const makeClient = (url: string) => new WebSocketClient(config(url), new GenericJsonHandler());

/** Every client that a component made. */
const made: Client[] = [];
const makeFor: Readonly<Record<string, (url: string) => Client>> = {
  page: makeClient,
  worker: (url) => {
    const worker = new Worker(`/feed-worker.js?server=${encodeURIComponent(url)}`);
    const client = connectWorker(worker);
    void client.closed.then(() => worker.terminate());
    return client;
  },
};

interface DepthUpdate {
  readonly type: 'snapshot' | 'delta';
  readonly b: readonly VenueLevel[];
  readonly a: readonly VenueLevel[];
}
const adapter: BookAdapter = {
  read: ({ data }) => {
    const { type, b, a } = data as DepthUpdate;
    return { snapshot: type === 'snapshot', bids: b, asks: a };
  },
};

interface AppProps {
  /** Where the clients that this app makes connect. */
  readonly url?: string;
  readonly made?: 'page' | 'worker';
  readonly key_?: string;
  /** A client of the test. */
  readonly client?: Client | undefined;
  readonly label?: unknown;
  readonly channel?: string | null;
  readonly channelOptions?: UseChannelOptions;
  readonly latest?: string | null;
  readonly latestOptions?: UseLatestOptions;
  readonly book?: string | null;
  readonly depth?: number;
  readonly throwing?: boolean;
}

function Owner(props: AppProps) {
  const { url = '', made: kind = 'page', key_ } = props;
  const make = () => {
    const client = (makeFor[kind] ?? makeClient)(url);
    made.push(client);
    return client;
  };
  const connection = useConnection<Client>(make, key_ === undefined ? {} : { key: key_ });
  return <Watcher {...props} connection={connection} />;
}

function Observer(props: AppProps) {
  return <Watcher {...props} connection={useConnection(props.client)} />;
}

function Watcher(props: AppProps & { readonly connection: Connection<Client | undefined> }) {
  const { connection, channel, latest, book, depth, label } = props;
  seen.connection = note(seen.connections, connection);
  return (
    <>
      <p id="state">{connection.state}</p>
      {channel !== undefined && <Trades {...props} client={connection.client} channel={channel} label={label} />}
      {latest !== undefined && <Price {...props} client={connection.client} latest={latest} />}
      {book !== undefined && <Ladder client={connection.client} book={book} {...(depth && { depth })} />}
    </>
  );
}

function Trades({ client, channel, channelOptions, label, throwing }: AppProps) {
  // Inline: a new object and a new function in each rendering.
  const state = useChannel(client, channel, { ...channelOptions }, (data) => {
    seen.updates.push([label, data]);
    if (throwing) throw new Error('the listener failed');
  });
  seen.channel = note(seen.channels, state);
  return <p id="trades">{state.status}</p>;
}

function Price({ client, latest, latestOptions }: AppProps) {
  const state = useLatest(client, latest, { ...latestOptions });
  seen.latest = note(seen.latests, state);
  useLayoutEffect(() => {
    seen.commits[frame] = (seen.commits[frame] ?? 0) + 1;
  });
  return <p id="price">{`${state.status} ${JSON.stringify(state.data)}${state.isStale ? ' stale' : ''}`}</p>;
}

function Ladder({ client, book, depth }: AppProps) {
  const state = useOrderBook(client, book, { ...adapter }, { ...(depth && { depth }) });
  seen.book = note(seen.books, state);
  useLayoutEffect(() => {
    seen.commits[frame] = (seen.commits[frame] ?? 0) + 1;
  });
  return <p id="book">{`${state.status} ${state.bids[0]?.[0]} ${state.asks[0]?.[0]}`}</p>;
}

/** A mistake in JavaScript, where no compiler tells it. */
function Wrong({ source }: { readonly source: unknown }) {
  useConnection(source as Client);
  return null;
}

class Boundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override componentDidCatch(error: Error) {
    seen.errors.push(error.message);
  }
  override render() {
    return this.state.failed ? <p id="failed" /> : this.props.children;
  }
}

/** Burns time, so that React pauses between two copies, and an update comes in between. */
function Slow({ client, topic, n }: { readonly client: Client; readonly topic: string; readonly n: number }) {
  const { data } = useLatest(client, topic);
  if (n === tearing.askAt) {
    tearing.askAt = -1;
    void client.sendJson({ op: 'tick' });
  }
  const until = performance.now() + 3;
  while (performance.now() < until);
  return <i>{JSON.stringify(data)}</i>;
}

/** Shows many copies of a price in a transition, and remembers each set of prices that was on the screen together. */
function Torn({ client, topic }: { readonly client: Client; readonly topic: string }) {
  const [count, setCount] = useState(1);
  useLayoutEffect(() => {
    const texts = [...document.querySelectorAll('i')].map(({ textContent }) => textContent);
    tearing.commits.push([texts.length, new Set(texts).size]);
  });
  const more = () => {
    // The server is asked for a price while the first of the new copies is rendered.
    tearing.askAt = count;
    startTransition(() => setCount(count + 20));
  };
  return (
    <>
      <button type="button" id="more" onClick={more} />
      {Array.from({ length: count }, (_, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all copies are alike.
        <Slow key={n} client={client} topic={topic} n={n} />
      ))}
    </>
  );
}
const tearing = { askAt: -1, commits: [] as [count: number, different: number][] };

/** One version of a component's code, registered as the plugin of a bundler does it. Another signature is another state. */
function version(url: string, text: string, signature: string): () => ReactNode {
  const sign = createSignatureFunctionForTransform();
  function Live() {
    sign();
    const { client, state } = useConnection(() => {
      const own = makeClient(url);
      made.push(own);
      return own;
    });
    const { data } = useLatest(client, 'price');
    useChannel(client, 'trades', { capacity: 10 }, (trade) => seen.updates.push([text, trade]));
    return <p id="live">{`${text} ${state} ${JSON.stringify(data)}`}</p>;
  }
  sign(Live, signature, false, () => [useConnection, useLatest, useChannel]);
  register(Live, 'Live');
  return Live;
}

let root: Root | undefined;
let host: HTMLElement | undefined;

function place(): HTMLElement {
  host?.remove();
  host = document.body.appendChild(document.createElement('div'));
  return host;
}

function show(element: ReactNode, isStrict = true): void {
  // What the boundary catches is noted there.
  root ??= createRoot(place(), { onCaughtError: () => {} });
  const guarded = <Boundary>{element}</Boundary>;
  root.render(isStrict ? <StrictMode>{guarded}</StrictMode> : guarded);
}

const api = {
  seen: () => seen,
  made,
  makeClient,
  frames: () => frame,
  /** Shows the app, or changes what it shows. With `client` it observes, else it makes its own. */
  render: (props: AppProps, isStrict?: boolean) =>
    show('client' in props ? <Observer {...props} /> : <Owner {...props} />, isStrict),
  renderTwo: (one: AppProps, two: AppProps) =>
    show(
      <>
        <Observer key="one" {...one} />
        {createPortal(<Observer key="two" {...two} />, document.body)}
      </>,
    ),
  /** The same app as another component: React removes the first one and mounts the second. */
  remount: (props: AppProps, key: string) =>
    show('client' in props ? <Observer key={key} {...props} /> : <Owner key={key} {...props} />),
  renderTorn: (client: Client, topic: string) => show(<Torn client={client} topic={topic} />, false),
  tearing,
  renderWrong: (what: 'promise' | 'text') =>
    show(<Wrong source={what === 'text' ? 'ws://server' : () => Promise.resolve(makeClient('ws://server'))} />),
  unmount: () => {
    root?.unmount();
    root = undefined;
  },
  /** Renders the app as a server does, and hydrates it. Returns the markup. */
  hydrate: (props: AppProps) => {
    const element = (
      <StrictMode>
        <Owner {...props} />
      </StrictMode>
    );
    const markup = renderToString(element);
    const sockets = made.length;
    place().innerHTML = markup;
    root = hydrateRoot(host as HTMLElement, element, {
      onRecoverableError: (error) => seen.errors.push(String(error)),
    });
    return { markup, sockets };
  },
  reset,
  injected,
  renderLive: (url: string) => {
    const Live = version(url, 'first', 'same');
    show(<Live />);
  },
  /** An edit of the component's source, as hot reload brings it to the page. */
  edit: (url: string, text: string, signature: string) => {
    version(url, text, signature);
    performReactRefresh();
  },
};

declare global {
  /** What tests find in a page of React components. */
  var ui: typeof api;
}

globalThis.ui = api;
