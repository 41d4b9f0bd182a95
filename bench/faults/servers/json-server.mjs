import { FrameServer } from './frame-server.mjs';

/** Speaks what GenericJsonHandler speaks out of the box, and an `auth` operation. */
export class JsonServer extends FrameServer {
  onConnection() {
    if (!this.isGuarded) this.sawSession();
  }

  onFrame(socket, { op, req_id, args, text }) {
    if (op === 'auth') this.#authenticate(socket);
    else if (op === 'subscribe') this.#subscribe(socket, req_id, args);
    else if (op === 'unsubscribe') for (const topic of args) this.sawUnsubscribe(socket, topic);
    else if (this.sawRequest(text)) this.send(socket, { req_id, data: text });
  }

  update(topic, value) {
    return { topic, data: value };
  }

  #subscribe(socket, req_id, topics) {
    const isConfirmed = topics.map((topic) => this.sawSubscribe(socket, topic)).every(Boolean);
    if (isConfirmed) this.send(socket, { op: 'subscribe', req_id, success: true });
  }

  #authenticate(socket) {
    const outcome = this.sawAuthentication();
    if (outcome === 'silent') return;
    this.send(socket, { op: 'auth', success: outcome === 'accept', error: outcome === 'accept' ? undefined : 'no' });
    if (outcome === 'accept') this.sawSession();
  }
}
