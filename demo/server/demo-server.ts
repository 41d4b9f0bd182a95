import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Door, refuse } from '../exchange/door.js';
import type { Exchange } from '../exchange/exchange.js';
import { isFaultName, LONGEST_FAULT } from '../exchange/faults.js';
import { type PackageForm, PageFiles } from './page-files.js';

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self' ws:; style-src 'self' 'unsafe-inline'; img-src data:",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

export interface DemoServerOptions {
  readonly exchange: Exchange;
  /** 0 takes any free port. */
  readonly port: number;
  /** Whether the dashboard is served, and what it is made from. */
  readonly page: 'none' | PackageForm;
}

/**
 * The server of the demo, on this machine only. `/` is the dashboard and the WebSocket of the bot, `/feed` the WebSocket of the
 * dashboard, `/faults` what is broken for the dashboard. Pages of other sites get nothing.
 */
export class DemoServer {
  readonly #http = createServer((request, response) => void this.#answer(request, response));
  readonly #files: PageFiles | undefined;
  readonly botDoor: Door;
  readonly pageDoor: Door;

  private constructor({ exchange, page }: DemoServerOptions) {
    this.botDoor = new Door(exchange);
    this.pageDoor = new Door(exchange);
    this.#files = page === 'none' ? undefined : new PageFiles(page);
    this.#http.on('upgrade', (request, socket, head) => {
      const { pathname } = urlOf(request);
      if (!this.#isOwn(request)) refuse(socket, 403);
      else if (pathname === '/') this.botDoor.enter(request, socket, head);
      else if (pathname === '/feed') this.pageDoor.enter(request, socket, head);
      else refuse(socket, 404);
    });
  }

  /** @throws an Error with the code EADDRINUSE if the port is taken */
  static async start(options: DemoServerOptions): Promise<DemoServer> {
    const server = new DemoServer(options);
    server.#http.listen(options.port, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  /** The address of the bot's WebSocket. */
  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  get pageUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Makes the page before somebody asks for it. */
  async prepare(): Promise<void> {
    await this.#files?.get('/');
  }

  async close(): Promise<void> {
    this.botDoor.close();
    this.pageDoor.close();
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  get #port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = urlOf(request);
    const send = (status: number, type: string, body: string | Uint8Array) =>
      response.writeHead(status, { ...HEADERS, 'Content-Type': type }).end(body);
    if (!this.#isOwn(request)) return void send(403, 'text/plain', 'This server is for its own page only.');
    if (pathname.startsWith('/faults')) {
      const status = this.#setFault(request.method, pathname.slice('/faults/'.length), searchParams);
      return void send(status, 'application/json', JSON.stringify(this.pageDoor.faults.active));
    }
    try {
      const file = await this.#files?.get(pathname);
      send(file ? 200 : 404, file?.type ?? 'text/plain', file?.body ?? 'There is no such file.');
    } catch (cause) {
      send(500, 'text/plain', `The page could not be made: ${(cause as Error).message}`);
    }
  }

  /** POST breaks something, DELETE mends it. Returns the HTTP status. */
  #setFault(method: string | undefined, name: string, params: URLSearchParams): number {
    if (method === 'GET') return 200;
    const text = params.get('for');
    const length = text === null ? undefined : Number(text);
    if (!isFaultName(name)) return 404;
    if (method === 'DELETE') {
      this.pageDoor.faults.end(name);
      return 200;
    }
    if (method !== 'POST') return 405;
    if (length !== undefined && !(length > 0 && length <= LONGEST_FAULT)) return 400;
    this.pageDoor.break(name, length);
    return 200;
  }

  /** Whether a request comes from the page of this server, or from no page. */
  #isOwn({ headers: { host, origin }, method }: IncomingMessage): boolean {
    const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${this.#port}`);
    if (!hosts.includes(host ?? '')) return false;
    return origin === undefined ? method === 'GET' : origin === `http://${host}`;
  }
}

function urlOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://127.0.0.1';
  return new URL(URL.canParse(base + url) ? base + url : base);
}
