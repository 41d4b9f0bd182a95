import { FrameServer } from './frame-server.mjs';

/** The channel that requests go to; to join it is what a Phoenix application authorises. */
const LOBBY = 'lobby';

/** As much of Phoenix channels (serializer 2.0.0) as a client needs: join, leave, push, reply, heartbeat. */
export class PhoenixServer extends FrameServer {
  onConnection() {
    if (!this.isGuarded) this.sawSession();
  }

  onFrame(socket, [joinRef, ref, topic, event, payload]) {
    const reply = (status = 'ok', response = {}) => {
      this.send(socket, [joinRef, ref, topic, 'phx_reply', { status, response }]);
    };
    if (event === 'heartbeat') reply();
    else if (event === 'phx_join') this.#join(socket, topic, reply);
    else if (event === 'phx_leave') {
      this.sawUnsubscribe(socket, topic);
      reply();
    } else if (this.sawRequest(payload.text)) reply('ok', payload);
  }

  update(topic, value) {
    return [null, null, topic, 'update', { value }];
  }

  #join(socket, topic, reply) {
    if (topic !== LOBBY) {
      if (this.sawSubscribe(socket, topic)) reply();
      return;
    }
    const outcome = this.isGuarded ? this.sawAuthentication() : 'accept';
    if (outcome === 'silent') return;
    reply(outcome === 'accept' ? 'ok' : 'error', outcome === 'accept' ? {} : { reason: 'unauthorized' });
    if (this.isGuarded && outcome === 'accept') this.sawSession();
  }
}
