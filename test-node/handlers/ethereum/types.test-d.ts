import { type Channel, type SubscribeOptions, WebSocketClient } from 'hpx-transport-ws';
import {
  type Block,
  type BlockHeader,
  EthereumHandler,
  type EthereumMethods,
  type EthereumTopics,
  type Hex,
  type Log,
  type LogFilter,
  type Transaction,
} from 'hpx-transport-ws/handlers/ethereum';
import { describe, expectTypeOf, it } from 'vitest';

const config = { url: 'ws://node' };
const client = new WebSocketClient(config, new EthereumHandler());

describe('a node of Ethereum', () => {
  it('has typed topics [ETH9]', () => {
    expectTypeOf(client.subscribe('newHeads')).resolves.toEqualTypeOf<Channel<BlockHeader>>();
    expectTypeOf(client.subscribe('newPendingTransactions')).resolves.toEqualTypeOf<Channel<Hex>>();
    expectTypeOf(client.subscribe('newPendingTransactions.full')).resolves.toEqualTypeOf<Channel<Transaction>>();
    const params: LogFilter = { topics: [null, ['0x1', '0x2']] };
    const options: SubscribeOptions = { params };
    expectTypeOf(client.subscribe('logs', options)).resolves.toEqualTypeOf<Channel<Log>>();
    // @ts-expect-error no node knows this
    void client.subscribe('weather');
  });

  it('has typed methods [ETH9]', () => {
    expectTypeOf(client.request({ method: 'eth_blockNumber' })).resolves.toEqualTypeOf<Hex>();
    const block = client.request({ method: 'eth_getBlockByNumber', params: ['latest', false] });
    expectTypeOf(block).resolves.toEqualTypeOf<Block | null>();
    // @ts-expect-error the params are missing
    void client.request({ method: 'eth_getLogs' });
    // @ts-expect-error a transaction is hex
    void client.request({ method: 'eth_sendRawTransaction', params: [7] });
  });

  it('may have topics and methods of its own [ETH9]', () => {
    type Topics = EthereumTopics & { alchemy_minedTransactions: { readonly removed: boolean } };
    type Methods = EthereumMethods & {
      evm_mine: { readonly params: readonly [{ readonly blocks: number }]; readonly result: Hex };
    };
    const own = new WebSocketClient(config, new EthereumHandler<Topics, Methods>());
    const mined = own.subscribe('alchemy_minedTransactions');
    expectTypeOf(mined).resolves.toEqualTypeOf<Channel<{ readonly removed: boolean }>>();
    expectTypeOf(own.request({ method: 'evm_mine', params: [{ blocks: 1 }] })).resolves.toEqualTypeOf<Hex>();
  });
});
