import { JsonRpcHandler } from '../../../src/handlers/json-rpc.js';

/** Ethereum nodes: the server names each subscription, with a new name on each connection. */
export class EthereumHandler extends JsonRpcHandler<{
  newHeads: { number: string; hash: string };
  logs: { address: string; topics: string[]; removed?: boolean };
  newPendingTransactions: string;
}> {
  constructor() {
    super({
      subscribeMethod: 'eth_subscribe',
      unsubscribeMethod: 'eth_unsubscribe',
      notificationMethod: 'eth_subscription',
    });
  }
}
