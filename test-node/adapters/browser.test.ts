import { GenericJsonHandler, type SocketEvents, WebSocketClient } from 'hpx-transport-ws';
import { browserRuntime, openBrowserSocket } from 'hpx-transport-ws/adapters/browser';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket as WsWebSocket } from 'ws';
import { describeAdapter } from '../contract/contract-suite.js';
import { reserveDeadUrl } from '../contract/dead-url.js';
import { type Peer, startPeer } from '../contract/peer.js';
import { probe } from '../support/probe.js';

let peer: Peer;
let dead: Awaited<ReturnType<typeof reserveDeadUrl>>;

beforeAll(async () => {
  peer = await startPeer();
  dead = await reserveDeadUrl();
});

afterAll(() => Promise.all([peer.stop(), dead.stop()]));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const host = {
  url: () => peer.url,
  deadUrl: () => dead.url,
  arrived: (id: string) => peer.arrived(id),
  offers: { control: false, limit: false },
  goingAway: 4001,
} as const;

// Real browsers run the same suite in test-browser; here a class with their interface stands in, and Node's own.
describe('openBrowserSocket with the class of ws as the global WebSocket [RT8]', () => {
  beforeEach(() => {
    vi.stubGlobal('WebSocket', WsWebSocket);
  });
  describeAdapter('browser over ws', openBrowserSocket, host);
});

if (globalThis.WebSocket !== undefined) {
  describe("openBrowserSocket with Node's own WebSocket", () => {
    describeAdapter('browser over undici', openBrowserSocket, host);
  });
}

/** What a browser's socket lets a script see. */
class FakeWebSocket extends EventTarget {
  static last: FakeWebSocket;
  readonly args: unknown[];
  binaryType = 'blob';
  readyState = 0;
  bufferedAmount = 7;
  readonly closes: unknown[][] = [];
  readonly sent: unknown[] = [];

  constructor(...args: unknown[]) {
    super();
    this.args = args;
    FakeWebSocket.last = this;
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(...args: unknown[]): void {
    this.closes.push(args);
  }

  emit(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

describe('openBrowserSocket', () => {
  const request = { url: 'wss://stream.example.com', protocols: [], maxMessageSize: 1_024 };
  const silent: SocketEvents = { onOpen() {}, onMessage() {}, onPing() {}, onPong() {}, onError() {}, onClose() {} };

  it('ends a client with a final error where there is no global WebSocket [RT11]', async () => {
    vi.stubGlobal('WebSocket', undefined);
    const client = new WebSocketClient({ url: 'wss://stream.example.com' }, new GenericJsonHandler(), browserRuntime);
    const waiting = client.request({ op: 'x' });
    await expect(client.connect()).rejects.toMatchObject({ code: 'CONNECTION_FAILED', retryable: false });
    await expect(waiting).rejects.toMatchObject({ delivery: 'unsent' });
    expect(client.state).toBe('closed');
    expect((await client.closed).error?.message).toMatch(/no global WebSocket/);
  });

  it('throws a typed error while there is no global WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(() => openBrowserSocket(request, silent)).toThrow(
      expect.objectContaining({
        code: 'CONNECTION_FAILED',
        retryable: false,
        message: expect.stringContaining('WebSocket'),
      }),
    );
    vi.stubGlobal('WebSocket', FakeWebSocket);
    openBrowserSocket(request, silent);
    expect(FakeWebSocket.last.args).toEqual(['wss://stream.example.com']);
    openBrowserSocket({ ...request, protocols: ['a', 'b'] }, silent);
    expect(FakeWebSocket.last.args).toEqual(['wss://stream.example.com', ['a', 'b']]);
  });

  it('asks for array buffers and offers no ping, terminate or pause', () => {
    vi.stubGlobal('WebSocket', FakeWebSocket);
    const socket = openBrowserSocket(request, silent);
    expect(FakeWebSocket.last.binaryType).toBe('arraybuffer');
    expect(socket.bufferedAmount).toBe(7);
    expect([socket.ping, socket.terminate, socket.pause, socket.resume]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    [undefined, []],
    [1000, [1000, 'why']],
    [1001, [4001, 'why']],
    [1009, [4009, 'why']],
    [1011, [4011, 'why']],
    [3000, [3000, 'why']],
    [4999, [4999, 'why']],
    [2000, []],
    [0, []],
  ])('close(%s) becomes a close that a page may send [ER7]', (code, sent) => {
    vi.stubGlobal('WebSocket', FakeWebSocket);
    openBrowserSocket(request, silent).close(code, 'why');
    expect(FakeWebSocket.last.closes).toEqual([sent]);
  });

  it('reports an error with the details that the platform gives, if any', () => {
    vi.stubGlobal('WebSocket', FakeWebSocket);
    const { errors } = probe(openBrowserSocket, request.url);
    const known = new Error('ECONNREFUSED');
    FakeWebSocket.last.emit('error');
    FakeWebSocket.last.emit('error', { error: known });
    expect(errors).toEqual([{ cause: expect.any(Error) }, { cause: known }]);
  });

  it('reports one close for a failed connection even if the platform fires none, like Node 22', async () => {
    vi.stubGlobal('WebSocket', FakeWebSocket);
    const failed = probe(openBrowserSocket, request.url);
    FakeWebSocket.last.emit('error');
    expect(failed.events).toEqual(['error']);
    expect(await failed.closed).toEqual({ code: 1006, reason: '', wasClean: false });
    FakeWebSocket.last.emit('close', { code: 1006, reason: '', wasClean: false });
    expect(failed.events).toEqual(['error', 'close']);
  });

  it('waits for the close event of an open connection', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeWebSocket);
    const broken = probe(openBrowserSocket, request.url);
    FakeWebSocket.last.emit('open');
    FakeWebSocket.last.emit('error');
    vi.runAllTimers();
    expect(broken.events).toEqual(['open', 'error']);
    FakeWebSocket.last.emit('close', { code: 1007, reason: 'text', wasClean: false });
    expect(await broken.closed).toEqual({ code: 1007, reason: 'text', wasClean: false });
  });

  it('reports nothing after the close event', () => {
    vi.stubGlobal('WebSocket', FakeWebSocket);
    const { events } = probe(openBrowserSocket, request.url);
    const close = { code: 1006, reason: '', wasClean: false };
    FakeWebSocket.last.emit('close', close);
    FakeWebSocket.last.emit('error');
    FakeWebSocket.last.emit('close', close);
    expect(events).toEqual(['close']);
  });
});

describe('browserLifecycle', () => {
  const listen = (): { told: string[]; stop: () => void } => {
    const told: string[] = [];
    const stop = browserRuntime.lifecycle?.listen({
      wake: (cause) => told.push(`wake ${cause}`),
      sleep: (cause) => told.push(`sleep ${cause}`),
    });
    if (!stop) throw new Error('no lifecycle');
    return { told, stop };
  };
  /** Node has no `addEventListener` of its own, so that a page can be laid over its globals. */
  const fakePage = (): { page: EventTarget; document: EventTarget & { visibilityState: string } } => {
    const page = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    vi.stubGlobal('document', document);
    return { page, document };
  };
  const persisted = (type: string, value: boolean): Event => Object.assign(new Event(type), { persisted: value });

  it('reports when the page wakes and sleeps, and why [L2]', () => {
    const { page, document } = fakePage();
    const { told } = listen();
    page.dispatchEvent(new Event('offline'));
    page.dispatchEvent(new Event('online'));
    document.visibilityState = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    document.visibilityState = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
    document.dispatchEvent(new Event('freeze'));
    document.dispatchEvent(new Event('resume'));
    page.dispatchEvent(persisted('pagehide', true));
    page.dispatchEvent(persisted('pageshow', true));
    expect(told).toEqual([
      'sleep offline',
      'wake online',
      'sleep hidden',
      'wake visible',
      'sleep freeze',
      'wake resume',
      'sleep pagehide',
      'wake pageshow',
    ]);
  });

  it('does not take the first pageshow for a wake', () => {
    const { page } = fakePage();
    const { told } = listen();
    page.dispatchEvent(persisted('pageshow', false));
    expect(told).toEqual([]);
  });

  it('reports nothing after stop, and may be stopped twice [C8]', () => {
    const { page, document } = fakePage();
    const { told, stop } = listen();
    stop();
    stop();
    for (const type of ['online', 'offline', 'pagehide']) page.dispatchEvent(new Event(type));
    page.dispatchEvent(persisted('pageshow', true));
    for (const type of ['visibilitychange', 'freeze', 'resume']) document.dispatchEvent(new Event(type));
    expect(told).toEqual([]);
  });

  it('serves each listener independently', () => {
    const { page } = fakePage();
    const one = listen();
    const other = listen();
    one.stop();
    page.dispatchEvent(new Event('online'));
    expect([one.told, other.told]).toEqual([[], ['wake online']]);
  });

  it('reports only online and offline in a worker', () => {
    const { page } = fakePage();
    vi.stubGlobal('document', undefined);
    const { told, stop } = listen();
    page.dispatchEvent(new Event('online'));
    stop();
    expect(told).toEqual(['wake online']);
  });

  it('adds no listener on a server', () => {
    expect(() => listen().stop()).not.toThrow();
  });
});

describe('browserRuntime', () => {
  it('has every member of Runtime', () => {
    expect(browserRuntime.openSocket).toBe(openBrowserSocket);
    const sample = browserRuntime.random();
    expect(sample >= 0 && sample < 1).toBe(true);
  });
});
