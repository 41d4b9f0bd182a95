import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import type { BookAdapter } from 'hpx-transport-ws/order-book';
import * as entry from 'hpx-transport-ws/react';
import { useChannel, useConnection, useLatest, useOrderBook } from 'hpx-transport-ws/react';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { createElement, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';

const adapter: BookAdapter = { read: () => ({ snapshot: true, bids: [['10', '1']], asks: [['11', '1']] }) };

describe('on a server', () => {
  it('a client that a component would make is not made [RE1, RE18]', () => {
    const made: WebSocketClient[] = [];
    function App() {
      const { client, state } = useConnection(() => {
        const own = new WebSocketClient({ url: 'ws://127.0.0.1:1' }, new GenericJsonHandler());
        made.push(own);
        return own;
      });
      const { status } = useChannel(client, 'trades');
      const { data } = useLatest(client, 'price');
      const { bids, isSynced } = useOrderBook(client, 'depth', adapter);
      return createElement('p', null, [state, status, data, bids.length, isSynced, client].map(String).join());
    }
    const markup = renderToString(createElement(StrictMode, null, createElement(App)));
    expect(markup).toBe('<p>disconnected,idle,undefined,0,false,undefined</p>');
    expect(made).toEqual([]);
  });

  it('a client of the application is shown as a page shows it first, and nothing is subscribed [RE4, RE18]', async () => {
    const server = await MockWebSocketServer.start();
    const client = await WebSocketClient.connect({ url: server.url }, new GenericJsonHandler());
    function App() {
      const { state } = useConnection(client);
      const { status } = useChannel(client, 'trades');
      const latest = useLatest(client, 'price');
      const book = useOrderBook(client, 'depth', adapter);
      return createElement('p', null, [state, status, latest.status, book.status].join());
    }
    expect(renderToString(createElement(App))).toBe('<p>disconnected,pending,pending,pending</p>');
    await expect(client.request({ op: 'barrier' })).resolves.toBeDefined();
    expect(client.stats().subscriptions).toBe(0);
    await client.close();
    await server.close();
  });

  it('a wrong depth is a ConfigError [RE15]', () => {
    for (const depth of [0, -1, 1.5, Number.NaN, Infinity]) {
      const App = () =>
        createElement(
          'p',
          null,
          useOrderBook(undefined as WebSocketClient | undefined, 'depth', adapter, { depth }).status,
        );
      expect(() => renderToString(createElement(App))).toThrowError(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
    }
  });
});

it('react has four hooks [RE20]', () => {
  expect(Object.keys(entry).sort()).toEqual(['useChannel', 'useConnection', 'useLatest', 'useOrderBook']);
});
