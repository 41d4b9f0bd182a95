'use client';

import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { useConnection, useLatest } from 'hpx-transport-ws/react';

/** Shows the newest price of one topic, as apps/live.js does. Rendered on the server too, where the hooks make no client. */
export function Live({ url }) {
  const { client, state } = useConnection(() => new WebSocketClient({ url }, new GenericJsonHandler()), { key: url });
  const { data, status } = useLatest(client, 'trades');
  return <p id="live">{data ? `price ${data.price}` : `${state}, ${status}`}</p>;
}
