/**
 * Every update parsed as it comes.
 * @type {import('./page.mjs').Feed}
 */
export async function parse(url, _topics, prices, counters) {
  const socket = new WebSocket(url);
  socket.onmessage = ({ data: text }) => {
    counters.received++;
    counters.parsed++;
    const { topic, data } = JSON.parse(text);
    prices.set(topic, data.price);
  };
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  return () => socket.close();
}
