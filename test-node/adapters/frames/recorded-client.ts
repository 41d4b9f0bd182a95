import type { Duplex } from 'node:stream';
import { openNodeSocket } from 'hpx-transport-ws/adapters/node';
import WebSocket from 'ws';
import type { Deed, StreamPlan, Wait } from './stream-plan.js';

/** What an application can do with a connection. */
export interface Doings {
  pause(): void;
  resume(): void;
  send(text: string): void;
  ping(): void;
  close(): void;
  terminate(): void;
}

/** Takes each event as one line. */
export type Note = (line: string) => void;

/** Opens one connection of a plan and notes all its events. */
export type OpenClient = (url: string, plan: StreamPlan, dial: { createConnection?(): Duplex }, note: Note) => Doings;

const REASON = 'done';

/**
 * Options that every client gets. A mask of zeros makes the bytes that a client writes the same on every run, and no run of a
 * busy machine meets a closing handshake that took too long.
 */
function optionsOf(plan: StreamPlan): Record<string, unknown> {
  const generateMask = (mask: Uint8Array) => mask.fill(0);
  return { rejectUnauthorized: false, closeTimeout: 10_000, ...plan.options, generateMask };
}

const shown = (data: string | Uint8Array): string =>
  typeof data === 'string' ? `text ${JSON.stringify(data)}` : `binary ${Buffer.from(data).toString('hex')}`;

/** Our adapter. */
export const openAdapter: OpenClient = (url, plan, dial, note) => {
  const { maxMessageSize } = plan;
  const nodeOptions = { ...optionsOf(plan), ...dial };
  const socket = openNodeSocket(
    { url, protocols: [], maxMessageSize, nodeOptions },
    {
      onOpen: () => note('open'),
      onMessage: (data) => note(shown(data)),
      onPing: () => note('ping'),
      onPong: () => note('pong'),
      onError: ({ cause }) => note(`error ${(cause as NodeJS.ErrnoException).code}`),
      onClose: ({ code, reason, wasClean }) => note(`close ${code} '${reason}' ${wasClean}`),
    },
  );
  return {
    pause: () => socket.pause?.(),
    resume: () => socket.resume?.(),
    // It throws after the end, as it should.
    send: (text) => {
      try {
        socket.send(text);
      } catch {}
    },
    ping: () => socket.ping?.(),
    close: () => socket.close(1000, REASON),
    terminate: () => socket.terminate?.(),
  };
};

/** ws alone, with the settings of our adapter, and with events in its words. */
export const openWs: OpenClient = (url, plan, dial, note) => {
  const ws = new WebSocket(url, [], {
    perMessageDeflate: false,
    maxPayload: plan.maxMessageSize,
    ...optionsOf(plan),
    ...dial,
  } as WebSocket.ClientOptions);
  let failure: number | undefined;
  let isSilent = false;
  const whileOpen = (act: () => void) => () => ws.readyState === WebSocket.OPEN && act();
  ws.on('open', () => note('open'));
  ws.on('message', (data, isBinary) => note(shown(isBinary ? (data as Buffer) : data.toString())));
  ws.on('ping', () => note('ping'));
  ws.on('pong', () => note('pong'));
  ws.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= closeCodeOf(error);
    if (!isSilent) note(`error ${error.code}`);
    isSilent = true;
  });
  ws.on('close', (code, reason) =>
    note(`close ${code === 1006 ? (failure ?? code) : code} '${reason}' ${code !== 1006}`),
  );
  return {
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    send: (text) => whileOpen(() => ws.send(text))(),
    ping: whileOpen(() => ws.ping()),
    close: () => ws.close(1000, REASON),
    terminate: () => {
      isSilent = true;
      ws.removeAllListeners('message');
      ws.terminate();
    },
  };
};

/** The close code that ws sends for an error, which it keeps under a symbol. */
function closeCodeOf(error: Error): number | undefined {
  const key = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
  return key && (error as unknown as Record<symbol, number>)[key];
}

/** A client that does what the plan says in the middle of an event. */
export function actingClient(
  openClient: OpenClient,
  url: string,
  plan: StreamPlan,
  dial: Parameters<OpenClient>[2],
  note: Note,
): Doings {
  let events = 0;
  const client = openClient(url, plan, dial, (line) => {
    note(line);
    const deed = plan.deeds.get(events++);
    if (deed) act(client, deed, plan.pause);
  });
  return client;
}

function act(client: Doings, deed: Deed, pause: Wait): void {
  if (deed === 'pause') {
    client.pause();
    void waitFor(pause).then(() => client.resume());
  } else if (deed === 'send') client.send('hello');
  else client[deed]();
}

/** Lets other code run. */
export function waitFor(wait: Wait): Promise<void> {
  if (wait === 'none' || wait === 'microtask') return Promise.resolve();
  return new Promise((resolve) => (wait === 'tick' ? process.nextTick(resolve) : setImmediate(resolve)));
}
