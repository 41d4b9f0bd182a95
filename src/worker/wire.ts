import type { OverflowPolicy } from '../channel/update-buffer.js';
import type { ClientStats } from '../client-stats.js';
import type { ConnectionState } from '../connection-state.js';
import type { ClientEvents } from '../events.js';
import type { RequestId } from '../identifiers.js';
import type { MessageKind } from '../protocol/message-kind.js';
import type { TraceEntry } from '../trace.js';
import type { PackedError, PackedEvent } from './packed-errors.js';

/**
 * The version of the messages below. A page and a worker of different versions refuse each other, so any change of a
 * message, or of an option or an error that crosses in one, needs a new number.
 */
export const PROTOCOL_VERSION = 1;

/** Reads as `name`: which client of the worker. `session`: which `connectWorker()` of the page; 0 before the worker knows. */
export interface Envelope<Body> {
  readonly hpxTransport: string;
  readonly session: number;
  readonly body: Body;
}

/**
 * What reads the updates of a channel on the page: all its `message` listeners together, or one loop. `rest`: the page keeps
 * what no reader of a closed channel has had; its number is that of the channel, below zero.
 */
export type ReaderKind = 'listeners' | 'loop' | 'rest';

/** From the page to the worker. */
export type ToWorker =
  | readonly ['hello', version: number]
  | readonly ['call', id: number, method: string, args: readonly unknown[], hasSignal: boolean]
  /** The signal of a call has aborted; later it ends the channels that came from the call. */
  | readonly ['abort', id: number]
  | readonly ['read', channel: number, reader: number, kind: ReaderKind]
  /** A loop wants so many more updates. */
  | readonly ['want', channel: number, reader: number, count: number]
  /** A reader has gone. */
  | readonly ['leave', channel: number, reader: number]
  /** Whether events of this kind are to cross: `message`, `request` or `trace`. */
  | readonly ['listen', event: string, isOn: boolean]
  | readonly ['answer', question: number, outcome: 'respond' | 'reject', value: unknown]
  /** So many entries are taken, of messages that wanted to know. */
  | readonly ['taken', count: number]
  /** A new frame: what changed in `latest` channels may come. */
  | readonly ['frame', isPainting: boolean]
  | readonly ['ping']
  /** The page is done with the client. */
  | readonly ['bye'];

/** From the worker to the page. */
export type ToPage =
  /** The worker is there; the page may have said its hello too early. */
  | readonly ['here']
  | readonly ['welcome', facts: WelcomeFacts]
  | readonly ['refused', why: 'version' | 'in use', version: number]
  | readonly ['news', entries: readonly Entry[], needs: NewsNeeds]
  | readonly ['pong'];

/** `taken`: the next message waits until these entries were taken. `frame`: they are what changed in a frame; the next one is to be told. */
export type NewsNeeds = 'nothing' | 'taken' | 'frame' | 'taken and frame';

export interface WelcomeFacts {
  readonly version: number;
  readonly url: string;
  readonly state: ConnectionState;
  readonly epoch: number;
  readonly stats: ClientStats;
  readonly lastError: PackedError | undefined;
  readonly lastWarning: PackedEvent | undefined;
}

/** A channel as the page opens it. */
export type ChannelFacts = readonly [id: number, topic: string, overflow: OverflowPolicy, isLive: boolean];

/** What `subscribeMany()` brings. */
export type PackedChannels =
  | readonly ChannelFacts[]
  | {
      readonly channels: readonly ChannelFacts[];
      readonly errors: readonly (readonly [topic: string, error: PackedError])[];
    };

/** A message of the server: its frame, and its text where that is something else. */
export type PackedMessage = readonly [raw: string | Uint8Array, text?: string];

/** What not every update has. */
export interface UpdateExtras {
  sequence?: number | string | bigint;
  snapshot?: boolean;
  joined?: boolean;
  gap?: object;
  message?: PackedMessage;
}

/** An update for one reader. A short list: the page reads thousands in a second. */
export type UpdateEntry = readonly [
  reader: number,
  data: unknown,
  epoch: number,
  receivedAt: number,
  extras?: UpdateExtras,
];

/** One piece of news, in the order in which things happened. */
export type Entry =
  | UpdateEntry
  /** A call was made; its request id is known. */
  | readonly ['called', id: number, requestId: RequestId]
  | readonly ['resolved', id: number, value: unknown]
  | readonly ['rejected', id: number, error: PackedError, delivery: string | undefined]
  | readonly ['event', name: keyof ClientEvents, state: ConnectionState, epoch: number, args: readonly PackedEvent[]]
  | readonly ['message', message: PackedMessage, kind: MessageKind]
  /** An update for this reader could not cross. */
  | readonly ['unclonable', reader: number]
  /** An error that no promise and no channel tells. */
  | readonly ['failed', error: PackedError]
  | readonly ['trace', entry: TraceEntry]
  | readonly ['question', id: number, requestId: RequestId, method: string, params: unknown]
  | readonly ['channel', channel: number, event: string, args: readonly PackedEvent[]]
  | readonly ['stats', stats: ClientStats]
  | readonly ['counts', channel: number, dropped: number, buffered: number]
  /** A loop has had its last update; `error` ended its channel. */
  | readonly ['over', reader: number, error?: PackedError];
