import { JsonRpcHandler } from 'hpx-transport-ws';

type Hex = string;

export interface EthereumTopics {
  newHeads: { readonly number: Hex; readonly hash: Hex; readonly parentHash: Hex };
  logs: { readonly address: Hex; readonly topics: readonly Hex[]; readonly transactionHash: Hex };
  newPendingTransactions: Hex;
}

export interface EthereumMethods {
  eth_accounts: { params: undefined; result: Hex[] };
  eth_blockNumber: { params: undefined; result: Hex };
  eth_chainId: { params: undefined; result: Hex };
  eth_call: { params: [call: { to?: Hex; data: Hex }, block: 'latest']; result: Hex };
  eth_sendTransaction: { params: [transaction: { from: Hex; data: Hex; gas: Hex }]; result: Hex };
  evm_mine: { params: [{ blocks: number }]; result: Hex };
}

/** An Ethereum node: it names each subscription, with a new name on each connection. Options are enough. */
export class EthereumHandler extends JsonRpcHandler<EthereumTopics, EthereumMethods> {
  constructor() {
    super({
      subscribeMethod: 'eth_subscribe',
      unsubscribeMethod: 'eth_unsubscribe',
      notificationMethod: 'eth_subscription',
    });
  }
}
