import { FrameServer } from './frame-server.mjs';

/** An Ethereum node as far as viem's transport uses it: any call, eth_subscribe, eth_unsubscribe. */
export class EthereumServer extends FrameServer {
  #lastId = 0;
  /** The id of each subscription, by connection and topic. @type {WeakMap<object, Map<string, string>>} */
  #ids = new WeakMap();

  onFrame(socket, { id, method, params }) {
    if (method === 'net_version') this.#answer(socket, id, '1');
    else if (method === 'eth_subscribe') this.#subscribe(socket, id, params[1].address);
    else if (method === 'eth_unsubscribe') this.#answer(socket, id, true);
    else if (this.sawRequest(params[0])) this.#answer(socket, id, params[0]);
  }

  update(topic, value, socket) {
    const subscription = this.#ids.get(socket)?.get(topic);
    return { jsonrpc: '2.0', method: 'eth_subscription', params: { subscription, result: value } };
  }

  #answer(socket, id, result) {
    this.send(socket, { jsonrpc: '2.0', id, result });
  }

  #subscribe(socket, id, topic) {
    if (!this.sawSubscribe(socket, topic)) return;
    const subscription = `0x${(++this.#lastId).toString(16)}`;
    this.#ids.set(socket, (this.#ids.get(socket) ?? new Map()).set(topic, subscription));
    this.#answer(socket, id, subscription);
  }
}
