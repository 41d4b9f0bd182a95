import WebSocket from 'ws';

const PER_FRAME = 100;

/** The floor of a reconnect: a loop that authenticates and sends the same subscriptions again, and knows nothing else. */
export function start(url, topics, onComplete) {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  let missing = topics.length / PER_FRAME;
  ws.on('open', () => ws.send('{"op":"auth"}'));
  ws.on('error', () => {});
  ws.on('close', () => start(url, topics, onComplete));
  ws.on('message', (data) => {
    const frame = JSON.parse(data.toString());
    if (frame.op === 'auth') {
      for (let index = 0; index < topics.length; index += PER_FRAME) {
        ws.send(JSON.stringify({ op: 'subscribe', req_id: `${index}`, args: topics.slice(index, index + PER_FRAME) }));
      }
    } else if (frame.success && --missing === 0) {
      onComplete();
    }
  });
}
