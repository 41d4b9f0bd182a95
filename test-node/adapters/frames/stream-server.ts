import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { selfSigned } from '../../support/certificate.js';
import { actingClient, type OpenClient, openAdapter, openWs } from './recorded-client.js';
import { type Comparison, compared } from './run-stream.js';
import { planStream, type StreamPlan } from './stream-plan.js';
import { endOfRequest, upgradeAnswer } from './upgrade.js';

/** A server on a TCP port that plays the stream of the seed in the path of the URL. */
export class StreamServer {
  readonly #server: net.Server;
  readonly #scheme: string;

  private constructor(scheme: 'ws' | 'wss') {
    this.#scheme = scheme;
    // A client that is gone is no failure of the server.
    const serve = (socket: net.Socket) => void play(socket).catch(() => {});
    this.#server = scheme === 'ws' ? net.createServer(serve) : tls.createServer(selfSigned(), serve);
  }

  static async start(scheme: 'ws' | 'wss'): Promise<StreamServer> {
    const server = new StreamServer(scheme);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  async stop(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Runs a stream with ws alone and with our adapter. The system decides what one read brings. */
  readonly compare = async (plan: StreamPlan): Promise<Comparison> => {
    const independent = withoutReads(plan);
    const expected = await this.#run(openWs, independent);
    const actual = await this.#run(openAdapter, independent);
    return compared(plan, expected, actual);
  };

  #run(openClient: OpenClient, plan: StreamPlan): Promise<string[]> {
    const { port } = this.#server.address() as AddressInfo;
    const log: string[] = [];
    return new Promise((resolve) => {
      actingClient(openClient, `${this.#scheme}://127.0.0.1:${port}/${plan.seed}`, plan, {}, (line) => {
        log.push(line);
        if (line.startsWith('close')) resolve(log);
      });
    });
  }
}

/** Without what depends on where a read ends: messages after terminate(), and how many chunks ws keeps. */
function withoutReads(plan: StreamPlan): StreamPlan {
  const { maxBufferedChunks: _, ...options } = plan.options;
  return { ...plan, options, deeds: new Map([...plan.deeds].filter(([, deed]) => deed !== 'terminate')) };
}

async function play(socket: net.Socket): Promise<void> {
  socket.on('error', () => {});
  socket.setNoDelay();
  let request = Buffer.alloc(0);
  while (endOfRequest(request) < 0) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    request = Buffer.concat([request, chunk]);
  }
  // Unread bytes would turn the end of the connection into a reset.
  socket.resume();
  const { reads, early } = planStream(Number(/^GET \/(\d+)/.exec(request.toString())?.[1]));
  socket.write(Buffer.concat([upgradeAnswer(request.toString()), ...reads.slice(0, early).map(({ bytes }) => bytes)]));
  for (const { bytes, wait } of reads.slice(early)) {
    if (wait !== 'none') await new Promise(setImmediate);
    if (socket.writable) socket.write(bytes);
  }
  socket.end();
}
