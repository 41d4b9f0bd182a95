// Example: a handler that teaches the client the protocol of a small exchange.
// Run it: npm run example -- custom-handler
import {
  type AuthFailure,
  type Message,
  MessageKind,
  ProtocolHandler,
  type RequestId,
  type SubscriptionContext,
  type Topic,
  WebSocketClient,
} from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';

/**
 * The wire of this exchange:
 *
 *     → {"do":"login","token":"…","ref":1}          ← {"did":"login","ref":1}
 *     → {"do":"watch","streams":["btc"],"ref":2}    ← {"did":"watch","ref":2}
 *                                                   ← {"stream":"btc","n":17,"body":{"price":64000}}
 *     → {"do":"order","size":1,"ref":3}             ← {"did":"order","ref":3,"body":{"order":9}}
 *                                                   ← {"failed":"order","ref":4,"code":17,"text":"no money"}
 *     → {"do":"ping"}                               ← {"did":"ping"}
 */
class SmallExchangeHandler extends ProtocolHandler {
  readonly #token: string;
  #refs = 0;

  constructor(token: string) {
    super();
    this.#token = token;
  }

  // ——— The five methods that every handler writes ———

  override classifyMessage(message: Message): MessageKind {
    // field() reads one member without parsing the frame: of a busy stream most frames are never parsed.
    if (message.field('stream') !== undefined) return MessageKind.Update;
    if (message.field('did') === 'ping') return MessageKind.Control;
    return message.field('ref') === undefined ? MessageKind.Unknown : MessageKind.Response;
  }

  override extractRequestId(message: Message): RequestId | undefined {
    return message.field('ref');
  }

  override extractTopic(message: Message): Topic | undefined {
    const stream = message.field('stream');
    return stream === undefined ? undefined : String(stream);
  }

  override buildSubscribe(topics: readonly Topic[], ref: RequestId, _context: SubscriptionContext): string {
    return JSON.stringify({ do: 'watch', streams: topics, ref });
  }

  override buildUnsubscribe(topics: readonly Topic[], ref: RequestId, _context: SubscriptionContext): string {
    return JSON.stringify({ do: 'unwatch', streams: topics, ref });
  }

  // ——— What this exchange does differently ———

  /** It numbers requests. */
  override generateRequestId(): number {
    return ++this.#refs;
  }

  override injectRequestId(payload: object, ref: RequestId): object {
    return { ...payload, ref };
  }

  override isSubscriptionSuccess(message: Message): boolean {
    return message.field('did') === 'watch' || message.field('did') === 'unwatch';
  }

  override extractError(message: Message): { message: string; code: number } | undefined {
    if (message.field('failed') === undefined) return undefined;
    return { message: String(message.field('text')), code: Number(message.field('code')) };
  }

  override extractResult(message: Message): unknown {
    return (message.json as { body?: unknown }).body;
  }

  override extractData(message: Message): unknown {
    return (message.json as { body?: unknown }).body;
  }

  override buildAuthMessage(): string {
    return JSON.stringify({ do: 'login', token: this.#token, ref: ++this.#refs });
  }

  override isAuthSuccess(message: Message): boolean {
    return message.field('did') === 'login';
  }

  override isAuthFailure(message: Message): AuthFailure {
    // A wrong token stays wrong: no further attempt.
    return message.field('failed') === 'login' ? 'final' : false;
  }

  override buildPing(): string {
    return '{"do":"ping"}';
  }

  override isPongResponse(message: Message): boolean {
    return message.field('did') === 'ping';
  }
}

/** The exchange, on this machine. */
const server = await MockWebSocketServer.start({ exchange: false });
server.onMessage((connection, text) => {
  const { do: what, ref, streams, size, token } = JSON.parse(text);
  if (what === 'login' && token !== 'open sesame')
    connection.send({ failed: 'login', ref, code: 1, text: 'who are you?' });
  else if (what === 'order' && size > 5) connection.send({ failed: 'order', ref, code: 17, text: 'no money' });
  else if (what === 'order') connection.send({ did: 'order', ref, body: { order: 9 } });
  else connection.send({ did: what, ref });
  if (what === 'watch') for (const stream of streams) connection.send({ stream, n: 1, body: { price: 64_000 } });
  return true;
});

const client = await WebSocketClient.connect({ url: server.url }, new SmallExchangeHandler('open sesame'));
console.log(`logged in, state ${client.state}`);
const bitcoin = await client.subscribe('btc');
for await (const update of bitcoin) {
  console.log('update', update);
  break;
}
console.log('answer', await client.request({ do: 'order', size: 1 }));
await client.request({ do: 'order', size: 9 }).catch(({ name, serverCode, message }) => {
  console.log(`${name} ${serverCode}: ${message}`);
});
await client.close();

await WebSocketClient.connect({ url: server.url }, new SmallExchangeHandler('guess')).catch(({ name, message }) => {
  console.log(`${name}: ${message}`);
});
await server.close();
