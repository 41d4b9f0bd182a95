import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { useConnection, useLatest } from 'hpx-transport-ws/react';
import { useState } from 'react';

/** The hooks with the oldest React that they support. */
export function App({ url }) {
  const { client, state } = useConnection(() => new WebSocketClient({ url }, new GenericJsonHandler()));
  const [symbol, setSymbol] = useState('BTC');
  return (
    <>
      <p id="state">{state}</p>
      <Price client={client} symbol={symbol} />
      <button type="button" onClick={() => setSymbol('ETH')}>
        ETH
      </button>
    </>
  );
}

function Price({ client, symbol }) {
  const { data, isStale, error } = useLatest(client, `prices.${symbol}`);
  return (
    <p id="price" className={isStale ? 'stale' : ''}>
      {error?.message ?? `${symbol} ${data?.price}`}
    </p>
  );
}
