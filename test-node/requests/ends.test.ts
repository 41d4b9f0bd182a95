import {
  type CloseInfo,
  type CloseVerdict,
  GenericJsonHandler,
  type Limits,
  type Message,
  ProtocolError,
  type RequestId,
  type TransportError,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { ownSockets } from '../support/own-sockets.js';
import { connectedWorld, outcome } from '../support/virtual-world.js';

/** Counts its ids, writes one frame a second, and takes a close 4000 as final. */
class SlowHandler extends GenericJsonHandler {
  override limits: Limits = { frames: { count: 1, window: 1_000, margin: 0 } };
  #last = 0;
  override generateRequestId(): RequestId {
    return ++this.#last;
  }
  override classifyClose({ code }: CloseInfo): CloseVerdict {
    return code === 4_000 ? 'fatal' : 'retry';
  }
  override buildCancel(id: RequestId): string {
    return JSON.stringify({ op: 'cancel', id });
  }
}

/** A server that answers nothing by itself, and a client that writes one frame a second if it is slow. */
async function silentWorld({ isSlow }: { isSlow: boolean }) {
  const handler = new SlowHandler();
  if (!isSlow) handler.limits = {};
  const config = { useWebsocketPing: false, maxPendingRequests: 2_000 };
  const world = await connectedWorld({ handler, config });
  world.server.onSend = () => {};
  return { ...world, handler, sentOps: () => world.sent.map(({ op }) => op) };
}

async function errorOf(call: Promise<unknown>): Promise<TransportError> {
  return ((await outcome(call)) as { error: TransportError }).error;
}

describe('a request whose connection is lost', () => {
  it('may be tried again after a drop, and not after a close that is final [ER1, ER3]', async () => {
    for (const isFinal of [false, true]) {
      const { client, clock, drop, peer } = await silentWorld({ isSlow: false });
      const call = client.request({ op: 'order' });
      await clock.advance(5);
      if (isFinal) peer.close(4_000, 'account closed');
      else await drop();
      await clock.advance(5);
      expect(await errorOf(call)).toMatchObject({
        code: 'CONNECTION_CLOSED',
        delivery: 'unknown',
        retryable: !isFinal,
      });
    }
  });

  it('may be tried again after a broken frame of the server, whose own error is final [ER1, ER3]', async () => {
    const { client, connect, clock, nth } = ownSockets();
    await connect();
    const call = client.request({ op: 'order' });
    call.catch(() => {});
    nth(0).events.onError({ cause: new Error('bad opcode') });
    nth(0).events.onClose({ code: 1_002, reason: '', wasClean: false });
    await clock.advance(5);
    expect(await errorOf(call)).toMatchObject({
      code: 'CONNECTION_CLOSED',
      delivery: 'unknown',
      retryable: true,
      cause: { code: 'PROTOCOL_ERROR', retryable: false },
    });
  });

  it('has an error whose stack tells where it was made [ER1]', async () => {
    const { client, clock, drop, close } = await silentWorld({ isSlow: false });
    const lost = client.request({ op: 'order' });
    await clock.advance(5);
    await drop();
    expect((await errorOf(lost)).stack).toContain('\n    at ');
    const left = client.request({ op: 'order' });
    await close();
    expect((await errorOf(left)).stack).toContain('\n    at ');
  });

  it('before it was written is unsent at once with never, and goes with the next one otherwise [DL4, DL5]', async () => {
    const { client, clock, drop, sentOps } = await silentWorld({ isSlow: true });
    const [first, never, later] = [
      client.request({ op: 'first' }),
      client.request({ op: 'never' }, { retry: 'never' }),
      client.request({ op: 'later' }),
    ];
    await clock.advance(5);
    expect(sentOps()).toEqual(['first']);
    await drop();
    expect([await errorOf(first), await errorOf(never), await outcome(later)]).toMatchObject([
      { delivery: 'unknown' },
      { delivery: 'unsent' },
      'open',
    ]);
    await clock.advance(3_000);
    expect(sentOps()).toEqual(['first', 'later']);
  });

  it('keeps its id for itself; of very many the latest 1,024 do [DL12, R2]', async () => {
    const { client, clock, drop } = await silentWorld({ isSlow: false });
    const lost = Array.from({ length: 1_100 }, () => client.request({ op: 'order' }));
    for (const call of lost) void outcome(call);
    await clock.advance(5);
    await drop();
    await clock.advance(3_000);
    const again = (requestId: number) => outcome(client.requestRaw('{"op":"again"}', { requestId }));
    expect([lost[0]?.requestId, lost.at(-1)?.requestId]).toEqual([1, 1_100]);
    expect([await again(1), await again(76)]).toEqual(['open', 'open']);
    for (const id of [77, 1_100]) {
      expect(await again(id)).toMatchObject({ error: { code: 'PROTOCOL_ERROR', delivery: 'unsent' } });
    }
  });
});

describe('a request that waits on a host that was asleep', () => {
  it('is over after its maxWait, and never leaves [DL17, R4]', async () => {
    const { client, clock, drop, network, sent } = await silentWorld({ isSlow: false });
    network.admission = 'refuse';
    await drop();
    const call = client.request({ op: 'order' }, { maxWait: 60_000, timeout: 86_400_000 });
    void outcome(call);
    clock.stepWall(3_600_000);
    network.admission = 'accept';
    client.reconnect();
    await clock.advance(40_000);
    expect(client.state).toBe('ready');
    expect(await errorOf(call)).toMatchObject({ code: 'REQUEST_TIMEOUT', delivery: 'unsent', duration: 60_000 });
    expect(sent).toEqual([]);
  });
});

describe('an answered request with an id of the application', () => {
  it('leaves an id that the handler makes for no other request [DL12, R2]', async () => {
    const { client, clock, peer } = await silentWorld({ isSlow: false });
    const own = client.requestRaw('{"op":"own"}', { requestId: 1 });
    peer.sendJson({ req_id: 1 });
    await clock.advance(5);
    await own;
    expect(client.request({ op: 'order' }).requestId).toBe(2);
  });
});

describe('the abort of a request that has not left', () => {
  it('sends no cancel [R6, HN12]', async () => {
    const { client, clock, sentOps } = await silentWorld({ isSlow: true });
    const stop = new AbortController();
    void outcome(client.request({ op: 'first' }, { signal: stop.signal }));
    const waiting = client.request({ op: 'waiting' }, { signal: stop.signal });
    await clock.advance(5);
    stop.abort('enough');
    expect(await outcome(waiting)).toEqual({ error: 'enough' });
    await clock.advance(5_000);
    expect(sentOps()).toEqual(['first', 'cancel']);
  });
});

describe('an answer', () => {
  it('that refuses leaves nothing open, unless the handler says so [HN11, ER3]', async () => {
    const { client, clock, peer } = await silentWorld({ isSlow: false });
    const call = client.request({ op: 'order' });
    peer.sendJson({ req_id: call.requestId, success: false, error: { code: 7, message: 'no' } });
    await clock.advance(5);
    expect(await errorOf(call)).toMatchObject({ code: 'REQUEST_REJECTED', delivery: undefined });
    expect(call.delivery).toBe('answered');
  });

  it('that the handler cannot read leaves the outcome unknown [HN11, ER3]', async () => {
    class Unreadable extends SlowHandler {
      override extractResult(_message: Message): unknown {
        throw new Error('no result');
      }
    }
    const { client, clock } = await connectedWorld({ handler: new Unreadable() });
    const call = client.request({ op: 'order' });
    await clock.advance(5);
    expect(await errorOf(call)).toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unknown' });
  });
});

describe('a request whose id cannot be put into it', () => {
  it.each([
    ['an error of its own as it is', new ProtocolError('no place for an id'), 'no place for an id'],
    ['any other as the cause', new Error('frozen'), 'frozen'],
  ])('rejects with %s [ER5, HN9]', async (_what, thrown, words) => {
    const { client, handler, sent } = await silentWorld({ isSlow: false });
    handler.injectRequestId = () => {
      throw thrown;
    };
    const error = await errorOf(client.request({ op: 'order' }));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error === thrown ? error.message : (error.cause as Error).message).toBe(words);
    expect([error === thrown, sent]).toEqual([thrown instanceof ProtocolError, []]);
  });
});

describe('requestRaw() without an id', () => {
  it('reads the id of the frame as the handler reads messages [CL13, MS4]', async () => {
    class Exact extends SlowHandler {
      override parse(text: string): unknown {
        return JSON.parse(text.replace(/(\d{17,})/, '"$1"'));
      }
    }
    const { client } = await connectedWorld({ handler: new Exact() });
    expect(client.requestRaw('{"req_id":12345678901234567890}').requestId).toBe('12345678901234567890');
  });
});
