import type { WebSocketConfig } from 'hpx-transport-ws';
import type { Entry, EntryOf } from '../history.js';
import type { Books } from './books.js';

/** What the checker has to know beside the history. */
export interface Setup {
  /** The client's settings, completed. */
  readonly config: WebSocketConfig;
  /** What a frame is about. */
  readonly read: (text: string) => Facts;
  /** Milliseconds by which a timer or a turn may be late without a fault; 0 in virtual time. */
  readonly tolerance: number;
  /** Whether the client can ask the link for signs of life. */
  readonly probes: boolean;
  /** Whether the server confirms what it was asked for. */
  readonly confirms?: boolean;
  /** Close codes that the handler calls fatal. */
  readonly fatalCodes: readonly number[];
  /** Whether the handler signs each frame before its write. */
  readonly signs?: boolean;
  /** Whether the handler tells when it is asked for a farewell. */
  readonly says?: boolean;
  /** What topics must have in common to share a frame. */
  readonly groupOf?: (topic: string) => string;
}

/** A frame in the words of the checker. */
export interface Facts {
  readonly kind:
    | 'hello'
    | 'authentication'
    | 'ping'
    | 'subscribe'
    | 'unsubscribe'
    | 'call'
    | 'cancel'
    | 'farewell'
    | 'update'
    | 'revocation'
    | 'resumption'
    | 'unreadable'
    | 'other';
  readonly id?: string | number | undefined;
  /** Of a subscribe, an unsubscribe, an acknowledgement, a revocation. */
  readonly topics?: readonly string[] | undefined;
  /** Of an acknowledgement: topics that were refused; of `all` the id says which. */
  readonly refused?: readonly string[] | 'all' | undefined;
  /** Of a revocation: the topic will not come back. */
  readonly isFinal?: boolean;
  /** Of a revocation: the stream came to its normal end. */
  readonly isNormal?: boolean;
  /** Of an authentication's answer. */
  readonly verdict?: 'accepted' | 'refused' | 'final' | undefined;
  /** Of what cannot be read: the id that it seems to have. */
  readonly about?: string | undefined;
  /** Of an update. */
  readonly topic?: string | undefined;
  readonly sequence?: number | undefined;
  /** Of a frame that was signed: the number of its signature. */
  readonly signature?: number | undefined;
  /** Of a request or a frame of the application's own: the number of the call. */
  readonly mark?: number | undefined;
}

/** What a rule does with each kind of entry. */
export type Watch = { readonly [T in Entry['type']]?: (entry: EntryOf<T>) => void };

/** One invariant, or one side of it, for one client. It fails as soon as the history shows that it was broken. */
export interface Rule {
  /** The clause of docs/SPEC.md. */
  readonly clause: string;
  readonly start: (setup: Setup, fail: (words: string) => void, books: Books) => Watch;
}

export interface Violation {
  readonly clause: string;
  readonly words: string;
  readonly client: string;
  /** Index of the entry that showed it. */
  readonly index: number;
}
