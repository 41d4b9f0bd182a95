import {
  EthereumHandler,
  type EthereumTopics,
  type Hex,
  type EthereumMethods as NodeMethods,
} from 'hpx-transport-ws/handlers/ethereum';

export { EthereumHandler, type EthereumTopics };

/** What ganache adds to the methods of every node. */
export interface EthereumMethods extends NodeMethods {
  evm_mine: { readonly params: readonly [{ readonly blocks: number }]; readonly result: Hex };
}
