import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** A request is a query: an operation with one result. Subscriptions have no confirmation; a query shows that they came. */
export async function open(url) {
  const client = createClient({ url, webSocketImpl: WebSocket, lazy: false });
  const request = (value) =>
    new Promise((resolve, reject) => {
      let result;
      client.subscribe(
        { query: 'query ($value: Int!) { echo(value: $value) }', variables: { value } },
        {
          next: ({ data }) => {
            result = data.echo;
          },
          error: reject,
          complete: () => resolve(result),
        },
      );
    });
  return {
    subscribe: (topics, listener) => {
      for (const name of topics) {
        client.subscribe(
          { query: 'subscription ($name: String!) { topic(name: $name) }', variables: { name } },
          { next: ({ data }) => listener(data.topic), error: () => {}, complete: () => {} },
        );
      }
      return request(0);
    },
    request,
    close: () => client.dispose(),
  };
}
