import { GenericJsonHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { BinanceApiHandler } from '../handlers/venues/binance-wsapi.js';
import { CoinbaseHandler } from '../handlers/venues/coinbase.js';
import { DeribitHandler } from '../handlers/venues/deribit.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { PlainStreamHandler } from '../handlers/venues/plain-stream.js';
import { channelEvent, clientEvent, connectClient, createClient, deferred, serve } from '../support/live.js';
import { sent, sentUntil, venue } from './venue.js';

const okx = () =>
  new OkxHandler({
    key: '985d5b66-57ce-40fb-b714-afc0b9787001',
    secret: 'INVENTED22582BD0CFF14C41EDBF1AB9',
    passphrase: 'inv-pass',
    now: () => 1790000000123,
  });
const okxAnswers = {
  accepted: { event: 'login', msg: '', code: '0', connId: 'a4d3ae55' },
  wrongKey: { event: 'error', msg: 'Login failed.', code: '60009', connId: 'a4d3ae55' },
  clockSkew: { event: 'error', msg: 'Timestamp request expired', code: '60006', connId: 'a4d3ae55' },
};

interface Okx {
  readonly id: string;
  readonly op: string;
  readonly args: readonly object[];
}

describe('8: authentication', () => {
  it('the url function gives a fresh listen key for each connect (listen keys) [CF1]', async () => {
    const server = await venue();
    let keys = 0;
    const client = await connectClient(server, {
      handler: new PlainStreamHandler(),
      config: { url: async () => `${server.url}/ws/listen-key-${++keys}` },
    });
    const ready = clientEvent(client, 'reconnected');
    server.dropAll();
    await ready;
    const paths = [await server.waitForConnection(1), await server.waitForConnection(2)].map(({ path }) => path);
    expect(paths).toEqual(['/ws/listen-key-1', '/ws/listen-key-2']);
  });

  it('a login frame without an id leaves before any other frame (OKX) [HN14, C3]', async () => {
    const server = await venue<Okx>(({ id, op, args }) =>
      op === 'login' ? okxAnswers.accepted : { id, event: op, arg: args[0] },
    );
    const client = createClient(server, { handler: okx() });
    const orders = client.subscribe('orders?instType=SPOT');
    await client.connect();
    await orders;
    expect(sent<Okx>(server).map(({ op }) => op)).toEqual(['login', 'subscribe']);
    expect(sent<Okx>(server)[0]?.args[0]).toEqual({
      apiKey: '985d5b66-57ce-40fb-b714-afc0b9787001',
      passphrase: 'inv-pass',
      timestamp: '1790000000',
      sign: 'N4GiBNoy1ykGMVw9rA8KwtJyatDDj14JTPl7YI6/R6c=',
    });
  });

  it('a wrong key is final and ends the client after one login (OKX) [HN15, C7, CL7]', async () => {
    const server = await venue<Okx>(() => okxAnswers.wrongKey);
    const client = createClient(server, { handler: okx() });
    await expect(client.connect()).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      serverCode: '60009',
      retryable: false,
    });
    expect(client.state).toBe('closed');
    expect(sent(server)).toHaveLength(1);
  });

  it('a clock skew is not final and the next login may succeed (OKX) [HN15, C7]', async () => {
    const server = await venue<Okx>((_, { index }) => (index < 2 ? okxAnswers.clockSkew : okxAnswers.accepted));
    const client = await connectClient(server, { handler: okx() });
    expect(client.state).toBe('ready');
    expect(sent(server)).toHaveLength(3);
  });

  it('a login that the server revokes is repeated inside the session (OKX) [HN21]', async () => {
    const server = await venue<Okx>(({ id, op, args }) =>
      op === 'login' ? okxAnswers.accepted : { id, event: op, arg: args[0] },
    );
    const client = await connectClient(server, { handler: okx() });
    const orders = await client.subscribe('orders?instType=SPOT');
    const again = clientEvent(client, 'authenticated');
    server.broadcast({ event: 'error', msg: 'Please log in', code: '60011', connId: '78d58071' });
    await again;
    expect(sent<Okx>(server).map(({ op }) => op)).toEqual(['login', 'subscribe', 'login']);
    expect([client.epoch, orders.closed]).toEqual([1, false]);
  });

  it('a login that is refused after a revocation ends the client (OKX) [HN21, C7]', async () => {
    let logins = 0;
    const server = await venue<Okx>(() => (++logins === 1 ? okxAnswers.accepted : okxAnswers.wrongKey));
    const client = await connectClient(server, { handler: okx() });
    server.broadcast({ event: 'error', msg: 'Please log in', code: '60011', connId: '78d58071' });
    expect(await client.closed).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED', serverCode: '60009' } });
    expect(logins).toBe(2);
  });

  it('a refresh uses the token of the last login, and a drop leads to a full login (Deribit) [CL20]', async () => {
    interface Call {
      readonly id: string;
      readonly method: string;
      readonly params: { readonly grant_type?: string; readonly refresh_token?: string };
    }
    let logins = 0;
    const server = await venue<Call>(({ id, method }) => ({
      jsonrpc: '2.0',
      id,
      result: method === 'public/auth' ? { refresh_token: `r${++logins}`, expires_in: 900 } : 'ok',
    }));
    const handler = new DeribitHandler({ client_id: 'INVcid01', client_secret: 'INVsecret' });
    const client = await connectClient(server, { handler });
    await client.authenticate();
    await client.authenticate();
    const ready = clientEvent(client, 'reconnected');
    server.dropAll();
    await ready;
    const frames = sent<Call>(server).filter(({ method }) => method === 'public/auth');
    expect(frames.map(({ params }) => params)).toEqual([
      { grant_type: 'client_credentials', client_id: 'INVcid01', client_secret: 'INVsecret' },
      { grant_type: 'refresh_token', refresh_token: 'r1' },
      { grant_type: 'refresh_token', refresh_token: 'r2' },
      { grant_type: 'client_credentials', client_id: 'INVcid01', client_secret: 'INVsecret' },
    ]);
  });

  it('each subscribe frame has a token, and a resubscription has a fresh one (Coinbase) [HN5]', async () => {
    const state = { channel: 'subscriptions', sequence_num: 1, events: [{ subscriptions: { level2: ['BTC-USD'] } }] };
    const server = await venue(() => state);
    let tokens = 0;
    const client = await connectClient(server, { handler: new CoinbaseHandler(() => `jwt-${++tokens}`) });
    const book = await client.subscribe('level2.BTC-USD');
    const resumed = channelEvent(book, 'resumed');
    server.dropAll();
    await resumed;
    await book.unsubscribe();
    expect(await sentUntil(server, 3)).toMatchObject([
      { type: 'subscribe', jwt: 'jwt-1' },
      { type: 'subscribe', jwt: 'jwt-2' },
      { type: 'unsubscribe', jwt: 'jwt-3' },
    ]);
  });

  it('each private request has the token of the moment when it is written [HN10, DL6]', async () => {
    class TokenHandler extends GenericJsonHandler {
      token = 't1';
      override prepareRequest(text: string): string {
        return JSON.stringify({ ...(JSON.parse(text) as object), token: this.token });
      }
    }
    const server = await serve();
    const handler = new TokenHandler();
    const client = createClient(server, { handler });
    const waiting = client.request({ op: 'first' });
    handler.token = 't2';
    await client.connect();
    expect(await waiting).toEqual({ op: 'first', token: 't2' });
    server.respondTo(
      '"op":"second"',
      (_, connection) => {
        handler.token = 't3';
        connection.terminate();
        return [];
      },
      { once: true },
    );
    expect(await client.request({ op: 'second' }, { retry: 'idempotent' })).toEqual({ op: 'second', token: 't3' });
    expect(sent<{ token: string }>(server).map(({ token }) => token)).toEqual(['t2', 't2', 't3']);
  });

  it('asynchronous signatures keep the order of requests (Binance) [HN10, DL2]', async () => {
    const release = deferred();
    class SlowSigner extends BinanceApiHandler {
      #count = 0;
      override async prepareRequest(text: string): Promise<string> {
        if (this.#count++ === 0) await release.promise;
        return super.prepareRequest(text);
      }
    }
    const apiKey = 'vInventedSpotKey000000000000000000000000000000000000000000000001';
    const server = await venue<{ id: string; params: { n: number } }>(({ id, params }) => ({
      id,
      status: 200,
      result: params.n,
    }));
    const client = await connectClient(server, { handler: new SlowSigner({ apiKey, secret: 'NInventedSpotSecret' }) });
    const calls = [1, 2, 3].map((n) => client.request({ method: 'order.place', params: { n } }));
    expect(calls.map(({ delivery }) => delivery)).toEqual(['unsent', 'unsent', 'unsent']);
    release.resolve();
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
    const params = sent<{ params: { n: number; apiKey: string; signature: string } }>(server).map(
      (call) => call.params,
    );
    expect(params.map(({ n }) => n)).toEqual([1, 2, 3]);
    for (const { signature } of params) expect(signature).toMatch(/^[\da-f]{64}$/);
    expect(new Set(params.map(({ signature }) => signature)).size).toBe(3);
  });

  it('a failed signature rejects only its own request, as unsent [HN10, ER3]', async () => {
    class BrokenSigner extends GenericJsonHandler {
      override async prepareRequest(text: string): Promise<string> {
        if (text.includes('"bad"')) throw new Error('the key is locked');
        return text;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenSigner() });
    const [bad, good] = [client.request({ op: 'bad' }), client.request({ op: 'good' })];
    await expect(bad).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    expect(await good).toEqual({ op: 'good' });
    expect(sent(server)).toHaveLength(1);
  });
});
