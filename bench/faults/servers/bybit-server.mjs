import { FrameServer } from './frame-server.mjs';

const REFUSED = [10004, 'Invalid sign'];

/** As much of Bybit's V5 streams and its trade socket as a client needs: ping, auth, subscribe, order.create. */
export class BybitServer extends FrameServer {
  #authenticated = new WeakSet();

  onConnection() {
    if (!this.isGuarded) this.sawSession();
  }

  onFrame(socket, { op, args, req_id, reqId }) {
    if (op === 'ping') this.send(socket, { success: true, ret_msg: 'pong', conn_id: '1', req_id: '', op: 'ping' });
    else if (op === 'auth') this.#authenticate(socket, req_id);
    else if (op === 'subscribe') this.#subscribe(socket, req_id, args);
    else if (op === 'unsubscribe') for (const topic of args) this.sawUnsubscribe(socket, topic);
    else this.#order(socket, reqId, op, args[0]);
  }

  update(topic, value) {
    return { topic, type: 'snapshot', ts: Date.now(), data: value };
  }

  #order(socket, reqId, op, order) {
    const isAllowed = this.#authenticated.has(socket);
    const [retCode, retMsg] = isAllowed ? [0, 'OK'] : REFUSED;
    if (this.sawRequest(order.orderLinkId)) {
      this.send(socket, { reqId, retCode, retMsg, op, data: isAllowed ? order : {}, header: {}, connId: '1' });
    }
  }

  #subscribe(socket, req_id, topics) {
    const isConfirmed = topics.map((topic) => this.sawSubscribe(socket, topic)).every(Boolean);
    if (isConfirmed) this.send(socket, { success: true, ret_msg: '', conn_id: '1', req_id, op: 'subscribe' });
  }

  #authenticate(socket, reqId) {
    const outcome = this.sawAuthentication();
    if (outcome === 'silent') return;
    const [retCode, retMsg] = outcome === 'accept' ? [0, 'OK'] : REFUSED;
    this.send(socket, { reqId, retCode, retMsg, op: 'auth', connId: '1' });
    if (outcome === 'refuse') return;
    this.#authenticated.add(socket);
    if (this.isGuarded) this.sawSession();
  }
}
