/**
 * Uses the package as an application does, and returns what it saw. Every configured wait is long, so that a timer that was
 * left behind keeps the process alive for a minute.
 */
module.exports = async function session({ GenericJsonHandler, WebSocketClient }, url, deadUrl) {
  class LoginHandler extends GenericJsonHandler {
    buildAuthMessage() {
      return JSON.stringify({ op: 'auth', key: 'secret' });
    }

    isAuthSuccess(message) {
      return message.field('op') === 'auth' && message.json.success;
    }
  }
  const happened = (client, event) => new Promise((resolve) => client.once(event, resolve));
  const waits = { requestTimeout: 60_000, pingInterval: 60_000, reconnectMinUptime: 60_000, reconnectMaxDelay: 60_000 };
  const seen = { states: [], updates: [] };

  const client = new WebSocketClient({ ...waits, url, reconnectInitialDelay: 1 }, new LoginHandler());
  client.on('stateChange', (state) => seen.states.push(state));
  await client.connect();
  seen.answer = await client.request({ op: 'echo', text: 'žluťoučký' });
  const trades = await client.subscribe('trades');
  const updates = trades.updates()[Symbol.asyncIterator]();
  const publish = async (price) => {
    await client.request({ op: 'publish', topic: 'trades', data: { price } });
    const { data, epoch, gap } = (await updates.next()).value;
    seen.updates.push([data.price, epoch, gap?.cause ?? 'no gap']);
  };
  await publish(1);
  const reconnected = happened(client, 'reconnected');
  await client.send('drop me');
  await reconnected;
  await publish(2);
  await client.close();
  seen.iteratorEnded = (await updates.next()).done;
  seen.pendingRequests = client.stats().pendingRequests;

  // Closes during a long wait for the second attempt.
  const hopeless = new WebSocketClient({ ...waits, url: deadUrl, reconnectInitialDelay: 60_000 }, new LoginHandler());
  const waiting = happened(hopeless, 'reconnecting');
  const outcome = hopeless.connect().catch((error) => error.code);
  await waiting;
  await hopeless.close();
  seen.hopeless = await outcome;
  return seen;
};
