import { loadOurs } from '../lib/ours.mjs';

/** Calls back when all topics are confirmed: the first time, and after each reconnect. */
export async function start(url, topics, onComplete) {
  const { GenericJsonHandler, WebSocketClient } = await loadOurs();
  class AuthenticatingHandler extends GenericJsonHandler {
    buildAuthMessage() {
      return '{"op":"auth"}';
    }
    isAuthSuccess(message) {
      return message.field('op') === 'auth';
    }
  }
  const config = { url, reconnectInitialDelay: 0, reconnectMaxDelay: 0 };
  const client = await WebSocketClient.connect(config, new AuthenticatingHandler());
  let missing = topics.length;
  client.on('disconnected', () => {
    missing = topics.length;
  });
  const onResumed = () => {
    if (--missing === 0) onComplete();
  };
  for (const channel of await client.subscribeMany(topics)) channel.on('resumed', onResumed).on('message', () => {});
  onComplete();
}
