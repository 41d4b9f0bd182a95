import { JsonRpcHandler, type Message, MessageKind } from 'hpx-transport-ws';

const LOGIN_ID = 'login';

/**
 * The server of rpc-websockets: JSON-RPC 2.0, but its updates have the event in `notification`, and the answer to `rpc.on`
 * describes each event in words.
 */
export class RpcWebsocketsHandler<Events extends object, Methods extends object> extends JsonRpcHandler<
  Events,
  Methods
> {
  readonly #login: object | undefined;

  constructor(login?: object) {
    super({
      subscribeMethod: 'rpc.on',
      unsubscribeMethod: 'rpc.off',
      topicsPerFrame: 100,
      outcomeOf: (result) => {
        const words = Object.entries(result as Record<string, string>);
        const eventsThat = (say: RegExp) => words.filter(([, word]) => say.test(word)).map(([event]) => event);
        return { accepted: eventsThat(/^ok$/), benign: eventsThat(/already/), refused: eventsThat(/invalid/) };
      },
    });
    this.#login = login;
  }

  override classifyMessage(message: Message) {
    return message.field('notification') === undefined ? super.classifyMessage(message) : MessageKind.Update;
  }

  override extractTopic(message: Message) {
    return message.field('notification');
  }

  override buildAuthMessage() {
    return this.#login && JSON.stringify({ jsonrpc: '2.0', id: LOGIN_ID, method: 'rpc.login', params: this.#login });
  }

  override isAuthSuccess(message: Message) {
    return message.field('id') === LOGIN_ID && this.extractResult(message) === true;
  }

  override isAuthFailure(message: Message) {
    return message.field('id') === LOGIN_ID && !this.isAuthSuccess(message) && 'final';
  }
}
