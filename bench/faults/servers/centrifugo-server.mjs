import { FrameServer } from './frame-server.mjs';

/** Seconds between the server's pings: the default of Centrifugo. */
const PING = 25;
/** What Centrifugo closes with for a token that it does not accept; its client then stops. */
const INVALID_TOKEN = 3500;

/** As much of Centrifugo's JSON protocol as a client needs: connect, ping, rpc, subscribe. */
export class CentrifugoServer extends FrameServer {
  onConnection() {}

  onText(socket, text) {
    for (const line of text.split('\n')) this.onFrame(socket, JSON.parse(line));
  }

  onFrame(socket, { id, connect, rpc, subscribe, unsubscribe }) {
    if (connect) this.#connect(socket, id);
    else if (rpc && this.sawRequest(rpc.data.text)) this.send(socket, { id, rpc: { data: rpc.data } });
    else if (subscribe && this.sawSubscribe(socket, subscribe.channel)) this.send(socket, { id, subscribe: {} });
    else if (unsubscribe) {
      this.sawUnsubscribe(socket, unsubscribe.channel);
      this.send(socket, { id, unsubscribe: {} });
    }
  }

  update(channel, value) {
    return { push: { channel, pub: { data: value } } };
  }

  #connect(socket, id) {
    const outcome = this.sawAuthentication();
    if (outcome === 'silent') return;
    if (outcome === 'refuse') {
      socket.close(INVALID_TOKEN, 'invalid token');
      return;
    }
    this.send(socket, { id, connect: { client: crypto.randomUUID(), version: '6.0.0', ping: PING, pong: true } });
    const pings = setInterval(() => this.send(socket, {}), PING * 1_000);
    socket.on('close', () => clearInterval(pings));
    this.sawSession();
  }
}
