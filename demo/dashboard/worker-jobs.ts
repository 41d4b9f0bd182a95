import type { Settings } from './settings.js';

/** The first message to a worker: what its client is for. */
export interface FirstMessage {
  readonly settings: Settings;
  readonly job: Job;
}

export type Job =
  /** A client of the exchange. */
  | { readonly kind: 'live' }
  /** A client of the exchange, whose frames are recorded. */
  | { readonly kind: 'record'; readonly port: MessagePort }
  /** A client of a recording. */
  | { readonly kind: 'replay'; readonly port: MessagePort; readonly file: Blob };

/** To the worker of a recording. */
export type RecordOrder = { readonly kind: 'stop' };

/** How far a recording is. */
export interface RecordProgress {
  readonly lines: number;
  readonly bytes: number;
  /** Milliseconds since the start. */
  readonly time: number;
}

/** A recording that is complete. */
export interface Recorded extends RecordProgress {
  readonly file: Blob;
  /** Lines that could not be kept. */
  readonly lost: number;
  /** Why it ended: somebody stopped it, or it has reached its largest size. */
  readonly why: 'stopped' | 'full';
}

/** From the worker of a recording. The message `recorded` is the last one. */
export type RecordNews = ({ readonly kind: 'progress' } & RecordProgress) | ({ readonly kind: 'recorded' } & Recorded);

/** To the worker of a replay. */
export type ReplayOrder =
  | { readonly kind: 'speed'; readonly speed: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' };

/** What a recording holds. */
export interface RecordingFacts {
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly length: number;
  /** The market that the page showed first. */
  readonly market: string | undefined;
}

/** From the worker of a replay. The first message is `open` or `failed`. */
export type ReplayNews =
  | ({ readonly kind: 'open' } & RecordingFacts)
  /** The recording cannot be read, or cannot be read further. */
  | { readonly kind: 'failed'; readonly message: string }
  /** @param position - milliseconds since the start of the recording */
  | { readonly kind: 'progress'; readonly position: number }
  /** The page showed another market at this place. */
  | { readonly kind: 'market'; readonly symbol: string }
  /** @param unsent - what the page asked for then, and not now */
  | { readonly kind: 'end'; readonly frames: number; readonly unsent: number };
