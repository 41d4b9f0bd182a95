import type { SocketRequest } from 'hpx-transport-ws';
import { openNodeSocket } from 'hpx-transport-ws/adapters/node';
import type { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { atEnd } from '../../support/live.js';
import { type Probe, probe } from '../../support/probe.js';

/** A client that ends with the test. */
export function dial(server: MockWebSocketServer, request?: Partial<SocketRequest>): Probe {
  const client = probe(openNodeSocket, server.url, request);
  atEnd(() => client.socket.terminate?.());
  return client;
}

/** A client that is open. */
export async function connect(server: MockWebSocketServer, request?: Partial<SocketRequest>): Promise<Probe> {
  const client = dial(server, request);
  await client.opened;
  return client;
}

export function say(client: Probe, frame: object): void {
  client.socket.send(JSON.stringify(frame));
}

/** The n-th message of a client, parsed. */
export async function heard(client: Probe, count = 1): Promise<unknown> {
  return JSON.parse(String(await client.message(count)));
}
