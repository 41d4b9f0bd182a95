/**
 * The server, a process of its own: answers in one protocol, and on command writes updates in blocks that were built
 * beforehand, so that the client is the bottleneck.
 *
 * @example
 * node servers/server.mjs plain   (with an IPC channel: it sends { port }, and takes { command, ... })
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { BlockWriter } from './block-writer.mjs';
import { RateWriter } from './rate-writer.mjs';
import { SequenceWriter } from './sequence-writer.mjs';

const { default: createProtocol } = await import(`./protocols/${process.argv[2]}.mjs`);
const { subprotocol } = createProtocol();
const http = createServer();
const sockets = new WebSocketServer({ noServer: true, maxPayload: 2 ** 30, handleProtocols: () => subprotocol });
/** @type {Set<{ socket: import('node:stream').Duplex, writer: BlockWriter, protocol: object }>} */
const connections = new Set();
let accepted = 0;

http.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (ws) => {
    const protocol = createProtocol();
    const connection = { socket, writer: new BlockWriter(socket, protocol), protocol };
    connections.add(connection);
    accepted++;
    ws.on('close', () => connections.delete(connection));
    ws.on('error', () => {});
    for (const frame of protocol.greeting ?? []) ws.send(frame);
    ws.on('message', (data) => {
      cork(socket);
      for (const frame of [protocol.answer(data.toString()) ?? []].flat()) ws.send(frame);
    });
  });
});

/** What is answered to the frames of one read leaves in one write. */
function cork(socket) {
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(() => socket.uncork());
}

const commands = {
  /** `count` updates, and then the marker that ends them, to every connection. */
  updates: ({ count }) => {
    for (const { writer } of connections) writer.write(count);
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
http.listen(0, '127.0.0.1');
await once(http, 'listening');
process.send({ port: http.address().port });
