import type { OpenSocket, SocketRequest } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { type Probe, probe } from '../support/probe.js';

/** Where a suite runs, and what may be asked of the adapter there. */
export interface AdapterHost {
  /** The URL of a peer (peer.ts). */
  url(): string;
  /** A URL of a closed port. */
  deadUrl(): string;
  /**
   * Resolves when the peer got the request with `?id=`. Without it another connection is made, by whose answer the
   * first has arrived; browsers let one at a time connect (RFC 6455 section 4.1).
   */
  arrived?(id: string): Promise<unknown>;
  readonly offers: {
    /** Ping and pong frames, terminate(), pause() and resume(); refused upgrades tell their status. */
    readonly control: boolean;
    /** A frame above `maxMessageSize` is refused before it is handed out. */
    readonly limit: boolean;
  };
  /** What becomes of close code 1001 on the wire. */
  readonly goingAway: 1001 | 4001;
}

let lastId = 0;

/** What every adapter owes to the core. Run it wherever an adapter runs; it needs a peer and nothing else. */
export function describeAdapter(name: string, openSocket: OpenSocket, host: AdapterHost): void {
  const open = (path: string, request?: Partial<SocketRequest>): Probe => probe(openSocket, host.url() + path, request);
  /** What the peer saw of a connection, once its TCP socket is closed. */
  const gone = async (id: string): Promise<unknown> => {
    const asker = open(`/gone?id=${id}`);
    const end: unknown = JSON.parse(String(await asker.message()));
    asker.socket.close(1000);
    await asker.closed;
    return end;
  };
  const arrival = async (): Promise<void> => {
    const later = open('/greet');
    await later.message();
    later.socket.close(1000);
    await later.closed;
  };
  const newId = (): string => `${name.replaceAll(/\W/g, '')}-${++lastId}`;

  describe(`openSocket of ${name}: opening`, () => {
    it('reports nothing before openSocket returns, then opens', async () => {
      const peer = open('/echo');
      expect(peer.events).toEqual([]);
      await peer.opened;
      expect(peer.events).toEqual(['open']);
      peer.socket.close(1000);
      await peer.closed;
    });

    it('delivers in order after onOpen what the server sent at once', async () => {
      const peer = open('/greet');
      await peer.message(2);
      expect(peer.events).toEqual(['open', 'message', 'message']);
      peer.socket.close(1000);
      await peer.closed;
    });

    it('reports a refused connection as an error and then one close', async () => {
      const peer = probe(openSocket, host.deadUrl());
      expect(await peer.closed).toMatchObject({ code: 1006, wasClean: false });
      expect(peer.events).toEqual(['error', 'close']);
      expect(peer.errors[0]?.cause).toBeInstanceOf(Error);
    });

    it('reports a refused upgrade as an error and then one close', async () => {
      const id = newId();
      const peer = open(`/refuse?id=${id}&status=503`);
      expect(await peer.closed).toMatchObject({ code: 1006, wasClean: false });
      expect(peer.events).toEqual(['error', 'close']);
      if (host.offers.control) expect(peer.errors[0]).toMatchObject({ status: 503 });
      await gone(id); // no socket is left behind
    });

    it('offers subprotocols and fails on a subprotocol that it did not offer', async () => {
      const right = open('/echo?protocol=b', { protocols: ['a', 'b'] });
      await right.opened;
      right.socket.close(1000);
      await right.closed;
      const wrong = open('/echo?protocol=c', { protocols: ['a', 'b'] });
      expect(await wrong.closed).toMatchObject({ code: 1006, wasClean: false });
      expect(wrong.events).toEqual(['error', 'close']);
    });

    it('throws for an invalid request and reports nothing', () => {
      const events: string[] = [];
      const note = (): void => void events.push('event');
      const sink = { onOpen: note, onMessage: note, onPing: note, onPong: note, onError: note, onClose: note };
      const request = { url: host.url(), protocols: ['not a token'], maxMessageSize: 1_024 };
      expect(() => openSocket(request, sink)).toThrow();
      expect(events).toEqual([]);
    });
  });

  describe(`openSocket of ${name}: closing while connecting`, () => {
    it('ends the attempt at once, without an error, and leaves no socket [F5]', async () => {
      const id = newId();
      const peer = open(`/hang?id=${id}`);
      peer.socket.close(1000, 'changed my mind');
      expect(await peer.closed).toMatchObject({ code: 1006, wasClean: false });
      expect(peer.events).toEqual(['close']);
    });

    it('ends the attempt even after the request reached the server [F5]', async () => {
      const id = newId();
      const peer = open(`/hang?id=${id}`);
      await (host.arrived?.(id) ?? arrival());
      peer.socket.close(4000);
      await peer.closed;
      expect(peer.events).toEqual(['close']);
      await gone(id);
    });

    it('accepts close() twice and after the end', async () => {
      const peer = open('/hang');
      peer.socket.close();
      peer.socket.close(1000);
      await peer.closed;
      peer.socket.close(1000);
      peer.socket.terminate?.();
      await open('/leave').closed;
      expect(peer.events).toEqual(['close']);
    });

    if (host.offers.control) {
      it('ends the attempt by terminate() too', async () => {
        const peer = open('/hang');
        peer.socket.terminate?.();
        await peer.closed;
        expect(peer.events).toEqual(['close']);
      });
    }
  });

  describe(`openSocket of ${name}: messages`, () => {
    it('sends and receives any text as strings', async () => {
      const peer = open('/echo');
      await peer.opened;
      const texts = ['', 'plain', 'žluťoučký 🐎 \u0000', 'x'.repeat(70_000)];
      for (const text of texts) peer.socket.send(text);
      await peer.message(texts.length);
      expect(peer.messages).toEqual(texts);
      peer.socket.close(1000);
      await peer.closed;
    });

    it('sends and receives bytes as Uint8Arrays, including views of larger buffers', async () => {
      const peer = open('/echo');
      await peer.opened;
      const whole = new Uint8Array([9, 1, 2, 3, 9]);
      peer.socket.send(whole.subarray(1, 4));
      peer.socket.send(new Uint8Array(0));
      await peer.message(2);
      expect(peer.messages).toEqual([new Uint8Array([1, 2, 3]), new Uint8Array(0)]);
      for (const data of peer.messages) expect(Object.getPrototypeOf(data)).toBe(Uint8Array.prototype);
      expect(whole).toEqual(new Uint8Array([9, 1, 2, 3, 9]));
      peer.socket.close(1000);
      await peer.closed;
    });

    it('keeps the order of a burst', async () => {
      const peer = open('/flood?count=2000');
      await peer.message(2_000);
      expect(peer.messages).toEqual(Array.from({ length: 2_000 }, (_, n) => String(n)));
      peer.socket.close(1000);
      await peer.closed;
    });

    it('throws on send while connecting, closing and closed', async () => {
      const peer = open('/echo');
      expect(() => peer.socket.send('too early')).toThrow(expect.objectContaining({ delivery: 'unsent' }));
      await peer.opened;
      peer.socket.close(1000);
      expect(() => peer.socket.send('too late')).toThrow(expect.objectContaining({ delivery: 'unsent' }));
      await peer.closed;
      expect(() => peer.socket.send(new Uint8Array(1))).toThrow(expect.objectContaining({ delivery: 'unsent' }));
      expect(peer.messages).toEqual([]);
    });

    it('counts unsent bytes as bufferedAmount', async () => {
      const peer = open('/stall');
      expect(peer.socket.bufferedAmount).toBe(0);
      await peer.opened;
      const frame = new Uint8Array(8 * 1_024 * 1_024);
      // Zeros would shrink to nothing where the platform compresses, and be gone at once.
      for (let at = 0; at < frame.length; at += 65_536) crypto.getRandomValues(frame.subarray(at, at + 65_536));
      peer.socket.send(frame);
      const before = peer.socket.bufferedAmount;
      peer.socket.send(frame);
      expect(before).toBeGreaterThan(0);
      expect(peer.socket.bufferedAmount).toBeGreaterThan(before);
      if (peer.socket.terminate) {
        peer.socket.terminate();
        await peer.closed;
      } else {
        peer.socket.close(1000);
      }
    });

    it('accepts a frame of exactly maxMessageSize', async () => {
      const peer = open('/size?bytes=1000', { maxMessageSize: 1_000 });
      expect(await peer.message()).toHaveLength(1_000);
      peer.socket.close(1000);
      await peer.closed;
    });

    if (host.offers.limit) {
      it('refuses a larger frame with an error and a close with 1009', async () => {
        const id = newId();
        const peer = open(`/size?bytes=1001&id=${id}`, { maxMessageSize: 1_000 });
        expect(await peer.closed).toMatchObject({ code: 1009, wasClean: false });
        expect(peer.events).toEqual(['open', 'error', 'close']);
        expect(await gone(id)).toMatchObject({ code: 1009 });
      });
    }

    it('refuses text that is not UTF-8 with an error and a close', async () => {
      const peer = open('/invalid-utf8');
      const { code, wasClean } = await peer.closed;
      // Directly behind the handshake: Firefox does not always tell that it was open.
      expect(peer.events.filter((event) => event !== 'open')).toEqual(['error', 'close']);
      expect(wasClean).toBe(false);
      if (host.offers.limit) expect(code).toBe(1007);
    });
  });

  describe(`openSocket of ${name}: the end`, () => {
    it("reports the server's code and reason", async () => {
      const peer = open(`/close?code=4321&reason=${encodeURIComponent('märz 🌱')}`);
      expect(await peer.closed).toEqual({ code: 4321, reason: 'märz 🌱', wasClean: true });
      expect(peer.events).toEqual(['open', 'close']);
    });

    it('reports 1005 for a close without a code', async () => {
      expect(await open('/leave').closed).toEqual({ code: 1005, reason: '', wasClean: true });
    });

    it('reports 1006 for a dropped connection', async () => {
      const peer = open('/drop');
      expect(await peer.closed).toMatchObject({ code: 1006, wasClean: false });
      expect(peer.closes).toHaveLength(1);
    });

    it('sends the code and the reason of close()', async () => {
      const id = newId();
      const peer = open(`/echo?id=${id}`);
      await peer.opened;
      peer.socket.close(3001, 'done');
      expect(await peer.closed).toMatchObject({ code: 3001, wasClean: true });
      expect(await gone(id)).toEqual({ code: 3001, reason: 'done' });
      expect(peer.events).toEqual(['open', 'close']);
    });

    it('closes with the codes of the core, as far as the platform allows', async () => {
      const id = newId();
      const peer = open(`/echo?id=${id}`);
      await peer.opened;
      peer.socket.close(1001, 'bye');
      await peer.closed;
      expect(await gone(id)).toEqual({ code: host.goingAway, reason: 'bye' });
    });

    it('cuts a reason of more than 123 bytes at a whole character', async () => {
      const id = newId();
      const peer = open(`/echo?id=${id}`);
      await peer.opened;
      peer.socket.close(4000, '🌱'.repeat(40));
      await peer.closed;
      expect(await gone(id)).toEqual({ code: 4000, reason: '🌱'.repeat(30) });
    });

    it('closes even with a code that must not be sent', async () => {
      for (const code of [0, 999, 1005, 1006, 5000]) {
        const peer = open('/echo');
        await peer.opened;
        peer.socket.close(code, 'no such code');
        await peer.closed;
        expect(peer.events).toEqual(['open', 'close']);
      }
    });
  });
}
