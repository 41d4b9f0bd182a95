import { type Message, MessageKind, ProtocolHandler, type RequestId, type Topic } from 'hpx-transport-ws';
import type { ConnectionOptions } from './arguments.js';

/** For a protocol that nobody has described: frames are shown and sent as they are. */
export class PlainHandler extends ProtocolHandler {
  override classifyMessage(): MessageKind {
    return MessageKind.Unknown;
  }

  override extractRequestId(_message: Message): RequestId | undefined {
    return undefined;
  }

  override extractTopic(_message: Message): Topic | undefined {
    return undefined;
  }

  override buildSubscribe(): undefined {
    return undefined;
  }

  override buildUnsubscribe(): undefined {
    return undefined;
  }
}

export interface Protocol {
  readonly handler: ProtocolHandler;
  readonly url: string;
}

/** Where to connect, and with which handler. Only the venue that is asked for is loaded. */
export async function protocolOf({ venue, url }: ConnectionOptions): Promise<Protocol> {
  const [handler, usual] = await handlerOf(venue);
  return { handler: handler as ProtocolHandler, url: url ?? usual };
}

async function handlerOf(venue: ConnectionOptions['venue']): Promise<[ProtocolHandler<object, object>, string]> {
  switch (venue) {
    case 'binance': {
      const { BinanceHandler, urls } = await import('hpx-transport-ws/handlers/binance');
      return [new BinanceHandler(), urls.public];
    }
    case 'bybit': {
      const { BybitHandler, urls } = await import('hpx-transport-ws/handlers/bybit');
      return [new BybitHandler(), urls.public.linear];
    }
    case 'deribit': {
      const { DeribitHandler, urls } = await import('hpx-transport-ws/handlers/deribit');
      return [new DeribitHandler(), urls.public];
    }
    case 'ethereum': {
      const { EthereumHandler } = await import('hpx-transport-ws/handlers/ethereum');
      return [new EthereumHandler(), 'wss://ethereum-rpc.publicnode.com'];
    }
    case 'okx': {
      const { OkxHandler, urls } = await import('hpx-transport-ws/handlers/okx');
      return [new OkxHandler(), urls.public];
    }
    default:
      return [new PlainHandler() as ProtocolHandler<object, object>, ''];
  }
}
