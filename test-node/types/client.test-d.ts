import {
  type Channel,
  GenericJsonHandler,
  type Message,
  MessageKind,
  type PendingCall,
  ProtocolHandler,
  type RequestId,
  type Topic,
  type Update,
  WebSocketClient,
} from 'hpx-transport-ws';
import { describe, expectTypeOf, it } from 'vitest';

interface Trade {
  readonly price: number;
}

interface Topics {
  [topic: `trades.${string}`]: Trade;
  status: 'up' | 'down';
}

interface Methods {
  'order.place': { params: { qty: number }; result: { orderId: string } };
  time: { params: undefined; result: number };
  evaluate: { params: undefined; result: string; beside: { sessionId: string } };
  cancel(params: { orderId: string }): Promise<boolean>;
}

const config = { url: 'ws://test' };
const handler = new GenericJsonHandler<Topics, Methods>();
const client = new WebSocketClient(config, handler);
const plain = new WebSocketClient(config, new GenericJsonHandler());

describe('topics', () => {
  it('come from the handler through the constructor [CL32]', () => {
    expectTypeOf(client.subscribe('status')).resolves.toEqualTypeOf<Channel<'up' | 'down'>>();
    expectTypeOf(client.subscribe('trades.BTC')).resolves.toEqualTypeOf<Channel<Trade>>();
    expectTypeOf(client.subscribeMany(['trades.BTC', 'trades.ETH'])).resolves.toEqualTypeOf<Channel<Trade>[]>();
  });

  it('come from the handler through connect() [CL32]', () => {
    const connected = WebSocketClient.connect(config, handler);
    expectTypeOf(connected).resolves.toEqualTypeOf<WebSocketClient<Topics, Methods>>();
  });

  it('type listeners and loops [CL32]', async () => {
    const channel = {} as Channel<Trade>;
    channel.on('message', (trade, update) => {
      expectTypeOf(trade).toEqualTypeOf<Trade>();
      expectTypeOf(update).toEqualTypeOf<Update<Trade>>();
    });
    for await (const trade of channel) expectTypeOf(trade).toEqualTypeOf<Trade>();
    for await (const update of channel.updates()) expectTypeOf(update.data).toEqualTypeOf<Trade>();
  });

  it('do not compile when the handler does not have them [CL32]', () => {
    // @ts-expect-error -- no such topic
    void client.subscribe('book.BTC');
    // @ts-expect-error -- no such topic
    void client.subscribeMany(['trades.BTC', 'book.BTC']);
    // @ts-expect-error -- no such topic
    void client.unsubscribe('book.BTC');
  });

  it('are unknown, not any, without types [CL32]', () => {
    expectTypeOf(plain.subscribe('whatever')).resolves.toEqualTypeOf<Channel<unknown>>();
  });
});

describe('methods', () => {
  it('type params and results, declared in either form [CL32]', () => {
    expectTypeOf(client.request({ method: 'order.place', params: { qty: 1 } })).toEqualTypeOf<
      PendingCall<{ orderId: string }>
    >();
    expectTypeOf(client.request({ method: 'time' })).toEqualTypeOf<PendingCall<number>>();
    expectTypeOf(client.request({ method: 'cancel', params: { orderId: 'a' } })).toEqualTypeOf<PendingCall<boolean>>();
    // Some protocols want more beside method and params, such as a session.
    expectTypeOf(client.request({ method: 'evaluate', sessionId: 's' })).toEqualTypeOf<PendingCall<string>>();
  });

  it('are typed on { op, args } wires, too [CL32, GJ10]', () => {
    expectTypeOf(client.request({ op: 'order.place', args: { qty: 1 } })).toEqualTypeOf<
      PendingCall<{ orderId: string }>
    >();
    expectTypeOf(client.request({ op: 'time' })).toEqualTypeOf<PendingCall<number>>();
    // @ts-expect-error -- wrong args
    void client.request({ op: 'order.place', args: { qty: '1' } });
    // @ts-expect-error -- missing args
    void client.request({ op: 'order.place' });
    // @ts-expect-error -- unknown operation
    void client.request({ op: 'order.replace', args: {} });
    // @ts-expect-error -- the names of two wires
    void client.request({ op: 'order.place', params: { qty: 1 } });
  });

  it('do not compile with wrong, missing or unknown parts [CL32]', () => {
    // @ts-expect-error -- wrong params
    void client.request({ method: 'order.place', params: { qty: '1' } });
    // @ts-expect-error -- missing params
    void client.request({ method: 'order.place' });
    // @ts-expect-error -- unknown method
    void client.request({ method: 'order.replace', params: {} });
    // @ts-expect-error -- a misspelt member
    void client.request({ method: 'order.place', parms: { qty: 1 } });
    // @ts-expect-error -- an unknown member
    void client.request({ method: 'time', sessionId: 's' });
  });

  it('leave request<T>(payload) untyped [CL32]', () => {
    expectTypeOf(client.request<{ ok: true }>({ op: 'anything' })).toEqualTypeOf<PendingCall<{ ok: true }>>();
    expectTypeOf(plain.request({ op: 'anything' })).toEqualTypeOf<PendingCall<unknown>>();
    expectTypeOf(plain.request<number>({ method: 'anything' })).toEqualTypeOf<PendingCall<number>>();
  });

  it('make requestRaw() give the message [CL13]', () => {
    expectTypeOf(client.requestRaw('x', { requestId: 1 })).toEqualTypeOf<PendingCall<Message>>();
  });
});

describe('handlers', () => {
  it('need five methods [HN1]', () => {
    class Minimal extends ProtocolHandler<Topics> {
      classifyMessage(): MessageKind {
        return MessageKind.Update;
      }
      extractRequestId(): RequestId | undefined {
        return undefined;
      }
      extractTopic(): Topic | undefined {
        return undefined;
      }
      buildSubscribe(): string {
        return '';
      }
      buildUnsubscribe(): string {
        return '';
      }
    }
    expectTypeOf(new WebSocketClient(config, new Minimal()).subscribe('status')).resolves.toEqualTypeOf<
      Channel<'up' | 'down'>
    >();
  });

  it('do not compile without a required method [HN1]', () => {
    // @ts-expect-error -- four methods are missing
    class Incomplete extends ProtocolHandler {
      classifyMessage(): MessageKind {
        return MessageKind.Update;
      }
    }
    void Incomplete;
  });
});

describe('the client', () => {
  it('has typed events', () => {
    client.on('stateChange', (state, previous, cause) => {
      expectTypeOf(state).toEqualTypeOf<typeof previous>();
      expectTypeOf(cause.event).toEqualTypeOf<string>();
    });
    client.on('message', (message, kind) => {
      expectTypeOf(message).toEqualTypeOf<Message>();
      expectTypeOf(kind).toEqualTypeOf<MessageKind>();
    });
    client.on('error', (error) => {
      if (error.code === 'SUBSCRIPTION_FAILED') expectTypeOf(error.topic).toEqualTypeOf<string>();
      if (error.code === 'REQUEST_TIMEOUT') expectTypeOf(error.duration).toEqualTypeOf<number>();
    });
    client.on('ready', (epoch) => expectTypeOf(epoch).toEqualTypeOf<number>());
    // @ts-expect-error -- no such event
    client.on('readyy', () => {});
  });

  it('has no any in what it returns', () => {
    expectTypeOf(client.stats()).not.toBeAny();
    expectTypeOf(client.send('x')).toEqualTypeOf<Promise<void>>();
    expectTypeOf<Message['json']>().toEqualTypeOf<unknown>();
    expectTypeOf<Awaited<WebSocketClient['closed']>['error']>().not.toBeAny();
    expectTypeOf<Update['data']>().toEqualTypeOf<unknown>();
  });

  it('accepts no unknown setting [CF4]', () => {
    // @ts-expect-error -- no such field
    new WebSocketClient({ url: 'ws://test', reconectMaxDelay: 1 }, handler);
  });
});
