import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { ProtocolServer } from './protocol-server.mjs';

const NOT_AUTHORIZED = Object.assign(new Error('not authorized'), { returnCode: 5 });

/** The MQTT broker Aedes, over ws. A publication of a client is its request, and PUBACK the answer. */
export class MqttServer extends ProtocolServer {
  /** @type {import('aedes').default | undefined} */
  #broker;

  async start() {
    const broker = await Aedes.createBroker();
    this.#broker = broker;
    broker.authenticate = (_client, _name, _password, done) => {
      const outcome = this.sawAuthentication();
      if (outcome !== 'silent') done(outcome === 'refuse' ? NOT_AUTHORIZED : null, outcome === 'accept');
    };
    broker.authorizePublish = (_client, packet, done) => {
      if (this.sawRequest(String(packet.payload))) done(null);
    };
    broker.authorizeSubscribe = (client, subscription, done) => {
      if (this.sawSubscribe(client, subscription.topic)) done(null, subscription);
    };
    broker.on('clientReady', () => this.sawSession());
    broker.on('clientDisconnect', (client) => this.sawEnd(client));
    broker.on('unsubscribe', (topics, client) => {
      for (const topic of topics) this.sawUnsubscribe(client, topic);
    });
    new WebSocketServer({ server: this.http }).on('connection', (socket, request) => {
      const stream = createWebSocketStream(socket);
      stream.on('error', () => {});
      broker.handle(stream, request);
    });
  }

  publish(topic, value) {
    this.#broker?.publish(
      { topic, payload: String(value), qos: 0, cmd: 'publish', dup: false, retain: false },
      () => {},
    );
  }
}
