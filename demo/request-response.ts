// Example: a typed request, its timeout, its errors, and whether it may be sent again.
// Run it: npm run example -- request-response
import { GenericJsonHandler, TransportError, WebSocketClient } from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';

/** What the server can do. The compiler checks each request against it. */
interface Methods {
  place: { params: { symbol: string; quantity: number }; result: { orderId: number } };
  balance: { params: undefined; result: { free: string } };
}
class Handler extends GenericJsonHandler<Record<string, unknown>, Methods> {}

/** A server on this machine that answers as an exchange would. */
const server = await MockWebSocketServer.start({ exchange: false });
const answer = (text: string, rest: object) => ({ req_id: JSON.parse(text).req_id, ...rest });
server.respondTo('"balance"', (text) => answer(text, { data: { free: '10.5' } }));
server.respondTo('"BTC"', (text) => answer(text, { data: { orderId: 1 } }));
server.respondTo('"LUNA"', (text) => answer(text, { success: false, error: 'LUNA is not traded' }));
server.respondTo('"SLOW"', []); // never answered

const client = await WebSocketClient.connect({ url: server.url }, new Handler());

/** Places an order and says what its end means. */
async function place(symbol: string): Promise<void> {
  try {
    // 200 ms for the answer; the default is 30 s.
    const { orderId } = await client.request({ op: 'place', args: { symbol, quantity: 1 } }, { timeout: 200 });
    console.log(`${symbol}: placed as order ${orderId}`);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    console.log(`${symbol}: ${error.code}, ${whatNow(error)}`);
  }
}

/** `delivery` decides. Never guess from the code of an error whether an order exists. */
function whatNow({ delivery, message }: TransportError): string {
  if (delivery === 'unsent') return 'it never left: place it again';
  if (delivery === 'unknown') return 'it may have been carried out: ask the server before you place it again';
  return `the server refused: ${message}`;
}

const { free } = await client.request({ op: 'balance' });
console.log(`balance: ${free}`);
await place('BTC');
await place('LUNA');
await place('SLOW');

// The connection breaks between the order and its answer.
const lost = place('SLOW');
server.dropAll();
await lost;

// Offline a request waits for the next connection. With retry 'never' it is rejected at once, and provably unsent.
await server.stop();
await new Promise((resolve) => client.once('reconnecting', resolve));
await client.request({ op: 'balance' }, { retry: 'never' }).catch((error) => console.log(`offline: ${whatNow(error)}`));

await client.close();
await server.close();
