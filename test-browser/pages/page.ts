import * as root from 'hpx-transport-ws';
import * as adapter from 'hpx-transport-ws/adapters/browser';
import * as handlers from 'hpx-transport-ws/handlers';
import * as testing from 'hpx-transport-ws/testing';
import { runAdapterSuite } from '../../test-node/contract/portable-suite.js';
import { LoginHandler } from '../../test-node/support/login-handler.js';
import { simulate } from './simulation.js';

/** A client and the story of its trace: `state ready`, `wake online`, `sleep hidden`. */
export interface Told {
  readonly client: root.WebSocketClient;
  readonly story: string[];
}

/** Makes a client of the mock server's dialect, which does not connect yet. */
function observe(config: root.WebSocketConfigInput, handler = new root.GenericJsonHandler({ pingOp: 'ping' })): Told {
  const client = new root.WebSocketClient(config, handler);
  const story: string[] = [];
  client.trace((entry) => {
    if (entry.type === 'transition') story.push(`state ${entry.to}`);
    if (entry.type === 'effect' && entry.detail?.cause && /^(wake|sleep)$/.test(entry.effect))
      story.push(`${entry.effect} ${entry.detail.cause}`);
  });
  return { client, story };
}

/** Resolves once a client is in this state. */
async function reached(client: root.WebSocketClient, state: root.ConnectionState): Promise<void> {
  if (client.state === state) return;
  await new Promise<void>((resolve) => {
    client.on('stateChange', (current) => {
      if (current === state) resolve();
    });
  });
}

const api = { ...root, ...adapter, ...testing, ...handlers, LoginHandler, runAdapterSuite, simulate, observe, reached };

declare global {
  /** What tests find in the page. */
  var hpx: typeof api;
}

globalThis.hpx = api;
