import { GenericJsonHandler, WebSocketClient, type WebSocketConfigInput } from 'hpx-transport-ws';
import { type SimulatedConnection, SimulatedNetwork, VirtualClock } from 'hpx-transport-ws/testing';

const URL = 'ws://echo';

interface Frame {
  readonly op: string;
  readonly req_id?: string;
  readonly args?: readonly string[];
}

/** Answers one frame; `never` is never answered. */
function answer(connection: SimulatedConnection, topics: Set<string>, text: string): void {
  const { op, req_id, args = [] } = JSON.parse(text) as Frame;
  if (op === 'subscribe' || op === 'unsubscribe') {
    for (const topic of args) op === 'subscribe' ? topics.add(topic) : topics.delete(topic);
    connection.sendJson({ op, req_id, success: true });
  } else if (req_id !== undefined && op !== 'never') {
    connection.sendJson({ req_id, data: op });
  }
}

/**
 * A client in `ready` on a simulated network, for long runs. The server keeps nothing but the topics of each connection,
 * so that whatever grows is the client's.
 */
export async function echoNetwork(config: Partial<WebSocketConfigInput> = {}) {
  // The chains of promises here are short, and each turn costs.
  const network = new SimulatedNetwork({ clock: new VirtualClock({ turns: 24 }) });
  const { clock } = network;
  const runtime = network.runtime();
  const topicsOf = new WeakMap<SimulatedConnection, Set<string>>();
  network.listen(URL, (connection) => {
    const topics = new Set<string>();
    topicsOf.set(connection, topics);
    connection.onMessage = (data) => {
      answer(connection, topics, String(data));
      connection.received.length = 0;
    };
  });
  const client = new WebSocketClient({ url: URL, ...config }, new GenericJsonHandler(), runtime);
  const connected = client.connect();
  await clock.advance(10);
  await connected;
  return {
    network,
    clock,
    runtime,
    client,
    /** The server's end. */
    get peer(): SimulatedConnection {
      const peer = network.connections.at(-1);
      if (!peer) throw new Error(`There is no connection; the client is ${client.state}.`);
      return peer;
    },
    /** The topics that the server has for its newest connection. */
    get served(): ReadonlySet<string> {
      return topicsOf.get(this.peer) ?? new Set();
    },
    close: async () => {
      const closed = client.close();
      await clock.advance(2_000);
      await closed;
    },
  };
}
