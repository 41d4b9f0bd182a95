/**
 * Receiving alone. The prices shown are made up, so that the display has as much to do.
 * @type {import('./page.mjs').Feed}
 */
export async function receive(url, topics, prices, counters) {
  const socket = new WebSocket(url);
  let next = 0;
  socket.onmessage = ({ data }) => {
    counters.received++;
    if (++next === topics.length) next = 0;
    prices.set(topics[next], data.length + counters.frames);
  };
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  return () => socket.close();
}
