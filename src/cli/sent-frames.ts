import type { WebSocketClient } from 'hpx-transport-ws';
import type { Report } from './report.js';
import * as texts from './texts.js';

/** Sends the frames of `--send` on each connection: a server forgets what an earlier connection sent. */
export class SentFrames {
  readonly #frames: readonly string[];
  readonly #report: Report;
  /** The positions of frames that were not sent when they were last tried. */
  readonly #failed = new Set<number>();

  constructor(client: WebSocketClient, frames: readonly string[], report: Report) {
    this.#frames = frames;
    this.#report = report;
    let connection = new AbortController();
    client.on('ready', () => {
      connection = new AbortController();
      this.#send(client, connection.signal);
    });
    // A frame that still waits must not leave on the next connection beside its successor.
    client.on('disconnected', ({ cause }) => cause && connection.abort(cause));
  }

  /** Whether a frame was not sent when it was last tried. */
  get hasFailed(): boolean {
    return this.#failed.size > 0;
  }

  #send(client: WebSocketClient, signal: AbortSignal): void {
    for (const [at, frame] of this.#frames.entries()) {
      client.send(frame, { signal }).then(
        () => this.#failed.delete(at),
        (error: SendError) => {
          this.#failed.add(at);
          const { message, delivery = 'unsent', code } = error;
          this.#report.event('error', texts.notSent(at + 1, delivery, message), { frame: at + 1, delivery, code });
        },
      );
    }
  }
}

/** Any error of a send. That of a signal has no delivery: it ends only frames that wait. */
interface SendError extends Error {
  readonly delivery?: 'unsent' | 'unknown';
  readonly code?: string;
}
