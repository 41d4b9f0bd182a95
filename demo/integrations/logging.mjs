// Logging with pino: what happens to the connection, with the trace of every frame at the level 'trace'.
// Run it: npm run check:integrations
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { pino } from 'pino';

/** Logs a client. The entries of `trace()` have their secrets masked already, and so have the messages of errors. */
export function logClient(client, logger) {
  client.on('ready', (epoch) => logger.info({ epoch }, 'connected'));
  client.on('disconnected', ({ code, cause }) => {
    if (cause) logger.warn({ code, why: cause.message }, 'connection lost');
  });
  client.on('reconnecting', ({ attempt, delay }) => logger.info({ attempt, delay }, 'waiting for the next attempt'));
  client.on('warning', ({ code, message }) => logger.warn({ code }, message));
  client.on('error', (error) => logger.error({ error }, error.message)); // toJSON() of an error has no secret
  client.on('closed', () => logger.info(client.stats(), 'closed'));
  // Each frame costs time. Trace only if somebody reads it.
  if (logger.isLevelEnabled('trace')) client.trace(({ type, time: _, ...entry }) => logger.trace(entry, type));
}

const server = await MockWebSocketServer.start();
const client = new WebSocketClient({ url: server.url, reconnectInitialDelay: 10 }, new GenericJsonHandler());
logClient(client, pino({ level: 'trace', base: { service: 'prices' } }));
await client.connect();
await client.request({ op: 'balance', apiKey: 'this is not shown' });
server.dropAll();
await new Promise((resolve) => client.once('reconnected', resolve));
await client.close();
await server.close();
