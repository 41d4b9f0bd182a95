import { createServer } from 'node:http';
import { Watched } from '../lib/watched.mjs';

/** What a fault may ask of a server, whatever protocol it speaks. */
export class ProtocolServer extends Watched {
  /** Whether requests are answered. */
  isAnswering = true;
  /** Whether subscriptions are confirmed; where they are not, they do not exist. */
  isConfirming = true;
  /** Whether a connection must authenticate, where the protocol leaves that to the server. */
  isGuarded = false;
  /** What becomes of an authentication. @type {'accept' | 'refuse' | 'silent'} */
  authentication = 'accept';
  /** Connections that got as far as to be usable, ever. */
  sessions = 0;
  authentications = 0;
  /** The text of each request that arrived. @type {string[]} */
  requests = [];
  /** How often a subscription was asked for. */
  subscribes = 0;
  http = createServer();
  /** What each live connection is subscribed to. @type {Map<object, Set<string>>} */
  #subscriptions = new Map();

  /** @returns {Promise<number>} its port */
  async listen() {
    await this.start();
    await new Promise((resolve) => this.http.listen(0, '127.0.0.1', () => resolve(undefined)));
    const address = this.http.address();
    return address && typeof address === 'object' ? address.port : 0;
  }

  /** Attaches the protocol to `http`. @returns {void | Promise<void>} */
  start() {
    throw new Error('A server starts its protocol.');
  }

  /** Sends data to the subscribers of a topic. @param {string} _topic @param {number} _value */
  publish(_topic, _value) {
    throw new Error('This protocol has nothing to publish.');
  }

  /** @returns {Set<string>} the topics that live connections are subscribed to */
  topics() {
    return new Set([...this.#subscriptions.values()].flatMap((topics) => [...topics]));
  }

  get topicCount() {
    return [...this.#subscriptions.values()].reduce((sum, topics) => sum + topics.size, 0);
  }

  sawSession() {
    this.sessions++;
    this.changed();
  }

  sawAuthentication() {
    this.authentications++;
    this.changed();
    return this.authentication;
  }

  /** @param {string} text @returns {boolean} whether to answer */
  sawRequest(text) {
    this.requests.push(text);
    this.changed();
    return this.isAnswering;
  }

  /** @param {object} connection @param {string} topic @returns {boolean} whether to confirm */
  sawSubscribe(connection, topic) {
    this.subscribes++;
    if (this.isConfirming) {
      const topics = this.#subscriptions.get(connection) ?? new Set();
      this.#subscriptions.set(connection, topics.add(topic));
    }
    this.changed();
    return this.isConfirming;
  }

  /** @param {object} connection @param {string} topic */
  sawUnsubscribe(connection, topic) {
    this.#subscriptions.get(connection)?.delete(topic);
    this.changed();
  }

  /** @param {object} connection */
  sawEnd(connection) {
    this.#subscriptions.delete(connection);
    this.changed();
  }

  /** @param {string} topic @returns {object[]} the connections that are subscribed to it */
  subscribersOf(topic) {
    return [...this.#subscriptions].filter(([, topics]) => topics.has(topic)).map(([connection]) => connection);
  }
}
