/**
 * The server, a process of its own: answers in one protocol, and on command writes updates in blocks that were built
 * beforehand, so that the client is the bottleneck. The path /deflate agrees to compression; with 'secure' there is also TLS.
 *
 * @example
 * node servers/server.mjs plain [secure]   (with an IPC channel: it sends { port, securePort }, and takes { command, ... })
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { WebSocketServer } from 'ws';
import { BlockWriter } from './block-writer.mjs';
import { selfSigned } from './certificate.mjs';
import { RateWriter } from './rate-writer.mjs';
import { SequenceWriter } from './sequence-writer.mjs';

const [, , protocolName, secure] = process.argv;
const { default: createProtocol } = await import(`./protocols/${protocolName}.mjs`);
const { subprotocol } = createProtocol();
const options = { noServer: true, maxPayload: 2 ** 30, handleProtocols: () => subprotocol };
const plainSockets = new WebSocketServer(options);
const deflateSockets = new WebSocketServer({ ...options, perMessageDeflate: true });
/** Only updates are compressed: the compressor of ws would refer back to what is not there. */
const UNCOMPRESSED = { compress: false };
/** @type {Set<{ socket: import('node:stream').Duplex, writer: BlockWriter, protocol: object, link: string }>} */
const connections = new Set();
let accepted = 0;

function upgrade(request, socket, head) {
  const isCompressed = request.url === '/deflate';
  const sockets = isCompressed ? deflateSockets : plainSockets;
  sockets.handleUpgrade(request, socket, head, (ws) => {
    if (isCompressed && ws.extensions === '') throw new Error('The client does not agree to compression');
    const protocol = createProtocol();
    const link = isCompressed ? 'deflate' : socket.encrypted ? 'tls' : 'plain';
    const connection = { socket, writer: new BlockWriter(socket, protocol, isCompressed), protocol, link };
    connections.add(connection);
    accepted++;
    ws.on('close', () => connections.delete(connection));
    ws.on('error', () => {});
    for (const frame of protocol.greeting ?? []) ws.send(frame, UNCOMPRESSED);
    ws.on('message', (data) => {
      cork(socket);
      for (const frame of [protocol.answer(data.toString()) ?? []].flat()) ws.send(frame, UNCOMPRESSED);
    });
  });
}

/** What is answered to the frames of one read leaves in one write. */
function cork(socket) {
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(() => socket.uncork());
}

const commands = {
  /** `count` updates, and then the marker that ends them, to every connection over this link. */
  updates: ({ link: wanted = 'plain', count, perRead, topics }) => {
    for (const { writer, link } of connections) if (link === wanted) writer.write(count, perRead, topics);
  },
  /** The same with numbered updates. */
  sequence: ({ count, topics }) => {
    for (const { socket, protocol } of connections) new SequenceWriter(socket, protocol).write(count, topics);
  },
  /** Updates without end, so many a second. */
  rate: ({ rate, topics }) => {
    for (const { socket, protocol } of connections) new RateWriter(socket, protocol).write(rate, topics);
  },
  /** How many connections there are, and were. */
  count: () => process.send({ reply: { open: connections.size, accepted } }),
  /** Cuts every connection, without a closing handshake. */
  drop: () => {
    for (const { socket } of connections) socket.destroy();
  },
};

process.on('message', (message) => commands[message.command](message));
process.on('disconnect', () => process.exit());

async function listen(server) {
  server.on('upgrade', upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

const port = await listen(createServer());
const securePort = secure && (await listen(createSecureServer(await selfSigned())));
process.send({ port, securePort });
