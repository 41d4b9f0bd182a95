import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { ProtocolServer } from './protocol-server.mjs';

const text = { type: new GraphQLNonNull(GraphQLString) };

/** The updates of one subscription, as GraphQL wants them. */
class Updates {
  #values = [];
  #wanted = [];
  #onEnd;

  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  push(value) {
    const result = { value: { topic: value }, done: false };
    const wanted = this.#wanted.shift();
    if (wanted) wanted(result);
    else this.#values.push(result);
  }

  next() {
    const value = this.#values.shift();
    return value ? Promise.resolve(value) : new Promise((resolve) => this.#wanted.push(resolve));
  }

  return() {
    this.#onEnd();
    for (const wanted of this.#wanted.splice(0)) wanted({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

/** The server of graphql-ws, with a query that echoes and a subscription by name. */
export class GraphqlServer extends ProtocolServer {
  /** @type {Map<string, Set<Updates>>} */
  #updates = new Map();

  start() {
    const options = { schema: this.#schema(), context: (context) => context, onConnect: () => this.#authenticate() };
    const server = new WebSocketServer({ server: this.http });
    useServer(options, server);
    server.on('connection', (socket) => socket.on('error', () => {}));
  }

  publish(topic, value) {
    for (const updates of this.#updates.get(topic) ?? []) updates.push(value);
  }

  #schema() {
    const echo = {
      type: GraphQLString,
      args: { text },
      resolve: (_root, args) => (this.sawRequest(args.text) ? args.text : new Promise(() => {})),
    };
    const topic = {
      type: GraphQLInt,
      args: { name: text },
      subscribe: (_root, { name }, { extra }) => this.#subscribe(extra.socket, name),
    };
    return new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { echo } }),
      subscription: new GraphQLObjectType({ name: 'Subscription', fields: { topic } }),
    });
  }

  #authenticate() {
    const outcome = this.sawAuthentication();
    if (outcome === 'silent') return new Promise(() => {});
    if (outcome === 'accept') this.sawSession();
    return outcome === 'accept';
  }

  #subscribe(socket, name) {
    if (!this.sawSubscribe(socket, name)) return new Promise(() => {});
    const all = this.#updates.get(name) ?? new Set();
    const updates = new Updates(() => {
      all.delete(updates);
      this.sawUnsubscribe(socket, name);
    });
    this.#updates.set(name, all.add(updates));
    return updates;
  }
}
