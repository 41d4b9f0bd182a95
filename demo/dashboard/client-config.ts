import type { WebSocketConfigInput } from 'hpx-transport-ws';
import type { Settings } from './settings.js';

/** How a client of the exchange is configured. */
export function clientConfig({ heartbeat, delay }: Settings): WebSocketConfigInput & { readonly url: string } {
  return {
    url: `${self.location.origin.replace(/^http/, 'ws')}/feed`,
    pingInterval: heartbeat,
    pongTimeout: heartbeat,
    reconnectInitialDelay: delay,
    reconnectMaxDelay: 8 * delay,
  };
}
