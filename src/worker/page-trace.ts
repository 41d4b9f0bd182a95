import type { TraceEntry, TraceSink } from '../trace.js';
import { check, FUNCTION } from '../util/options.js';
import { handled } from '../util/promises.js';
import type { ToWorker } from './wire.js';

/** The trace sinks of a page. Entries cross only while there is a sink. */
export class PageTrace {
  readonly #send: (body: ToWorker) => void;
  readonly #sinks = new Set<(entry: TraceEntry) => Promise<void>>();

  constructor(send: (body: ToWorker) => void) {
    this.#send = send;
  }

  /** Returns a function that removes the sink. */
  add(sink: TraceSink): () => void {
    check('sink', sink, FUNCTION);
    // Asynchronous, so that a sink that throws harms nothing: it is a tool for diagnosis.
    const own = async (entry: TraceEntry) => sink(entry);
    if (this.#sinks.size === 0) this.#send(['listen', 'trace', true]);
    this.#sinks.add(own);
    return () => {
      if (this.#sinks.delete(own) && this.#sinks.size === 0) this.#send(['listen', 'trace', false]);
    };
  }

  tell(entry: TraceEntry): void {
    for (const sink of this.#sinks) void handled(sink(entry));
  }
}
