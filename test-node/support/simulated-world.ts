import { WebSocketClient, type WebSocketConfigInput } from 'hpx-transport-ws';
import {
  ReferenceServer,
  type ReferenceServerOptions,
  SimulatedNetwork,
  type SimulatedNetworkOptions,
} from 'hpx-transport-ws/testing';
import { GenericJsonHandler } from '../../src/handlers/generic-json.js';
import type { ProtocolHandler } from '../../src/protocol/protocol-handler.js';

export const URL = 'ws://exchange';

/** A client and a server on a simulated network, and everything that the client told. */
export function newWorld(
  options: {
    config?: Partial<WebSocketConfigInput>;
    server?: ReferenceServerOptions;
    network?: SimulatedNetworkOptions;
    handler?: ProtocolHandler<Record<string, unknown>, Record<string, unknown>>;
  } = {},
) {
  const network = new SimulatedNetwork(options.network);
  const { clock } = network;
  const runtime = network.runtime();
  const server = new ReferenceServer(network, URL, options.server);
  const client = new WebSocketClient(
    { url: URL, ...options.config },
    options.handler ?? new GenericJsonHandler(),
    runtime,
  );
  const errors: Error[] = [];
  const states: string[] = [];
  client.on('error', (error) => errors.push(error));
  client.on('stateChange', (state) => states.push(state));
  return {
    network,
    clock,
    runtime,
    server,
    client,
    errors,
    states,
    /** The server's end of the live connection. */
    get peer() {
      const peer = server.connections.at(-1);
      if (!peer) throw new Error('There is no connection.');
      return peer;
    },
    connect: async () => {
      const connected = client.connect();
      await clock.advance(100);
      await connected;
    },
    close: async () => {
      const closed = client.close();
      await clock.advance(2_000);
      await closed;
    },
  };
}

/** What a promise came to by now: its value, its error, or that it is open. */
export async function outcome<T>(promise: Promise<T>): Promise<T | 'open' | { error: unknown }> {
  return Promise.race([promise.catch((error: unknown) => ({ error })), later()]);
}

async function later(): Promise<'open'> {
  for (let turn = 0; turn < 20; turn++) await undefined;
  return 'open';
}

/** Frames that the server got, without their ids. */
export function operations(received: readonly (string | Uint8Array)[]): unknown[] {
  return received.map((data) => {
    const { req_id: _, ...frame } = JSON.parse(String(data)) as Record<string, unknown>;
    return frame;
  });
}
