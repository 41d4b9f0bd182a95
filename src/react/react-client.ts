import type { Channel } from '../channel/channel.js';
import type { WebSocketClient } from '../client.js';
import type { WorkerClient } from '../worker/worker-client.js';

/** A client of a page, or of its worker. Without one, as before `useConnection()` has made it, a hook does nothing. */
export type HookClient<Topics extends object, Methods extends object> =
  | WebSocketClient<Topics, Methods>
  | WorkerClient<Topics, Methods>
  | null
  | undefined;

/** A client, as far as a subscription needs it. */
export interface SubscribingClient {
  subscribe(topic: string, options?: object): Promise<Channel>;
}
