import { isThenable } from '../util/promises.js';
import { Queue } from '../util/queue.js';
import type { RecordedDetail, RecordedEvent, RecordedFrame } from './recording-event.js';

/** A frame that a socket has seen. Its line is written when the client has said what may be shown of it. */
export interface SeenFrame {
  readonly time: number;
  readonly socket: number;
  readonly event: 'in' | 'out';
  readonly data: string | Uint8Array;
  /** What the line shows; missing until the client has said it. `nothing`: the frame gets no line. */
  shown?: RecordedFrame | 'nothing';
}

/** Writes lines in the order in which things happened, also where the client looks at a frame later. */
export class Journal {
  readonly #sink: (line: string) => void;
  readonly #queue = new Queue<RecordedEvent | SeenFrame>();
  /** Frames without a line yet, oldest first. */
  readonly #unseen: Record<'in' | 'out', SeenFrame[]> = { in: [], out: [] };
  #lines = 0;
  #lost = 0;

  constructor(sink: (line: string) => void) {
    this.#sink = sink;
  }

  /** How many lines the sink took. */
  get lines(): number {
    return this.#lines;
  }

  /** How many lines the sink did not take: it threw. */
  get lost(): number {
    return this.#lost;
  }

  header(line: string): void {
    this.#write(line);
  }

  add(time: number, socket: number, detail: RecordedDetail): void {
    this.#queue.push({ time, socket, ...detail });
    this.#flush();
  }

  /** A socket has seen a frame. The lines of all that comes later wait for the line of this frame. */
  expect(frame: SeenFrame): void {
    this.#queue.push(frame);
    this.#unseen[frame.event].push(frame);
  }

  /** The oldest frame of this direction without a line. */
  oldest(event: 'in' | 'out'): SeenFrame | undefined {
    return this.#unseen[event][0];
  }

  /** Writes the line of the oldest frame of this direction. */
  show(event: 'in' | 'out', shown: RecordedFrame): void {
    const frame = this.#unseen[event].shift();
    if (!frame) return;
    frame.shown = shown;
    this.#flush();
  }

  /** The socket did not take the frame: there is no line for it. */
  withdraw(frame: SeenFrame): void {
    const unseen = this.#unseen[frame.event];
    const at = unseen.indexOf(frame);
    if (at >= 0) unseen.splice(at, 1);
    frame.shown = 'nothing';
    this.#flush();
  }

  /** The client will not look at these frames any more: their lines show only the size. */
  settle(): void {
    for (const frames of [this.#unseen.in, this.#unseen.out]) {
      for (const frame of frames.splice(0)) frame.shown = sizeOf(frame.data);
    }
    this.#flush();
  }

  #flush(): void {
    while (true) {
      const next = this.#queue.first;
      if (next === undefined) return;
      if (!isSeenFrame(next)) {
        this.#write(JSON.stringify(next));
      } else if (next.shown === undefined) {
        return;
      } else if (next.shown !== 'nothing') {
        const { time, socket, event, shown } = next;
        this.#write(JSON.stringify({ time, socket, event, ...shown }));
      }
      this.#queue.shift();
    }
  }

  /** A sink is a tool for diagnosis: its failure must not harm the application, not even a later failure. */
  #write(line: string): void {
    try {
      const result: unknown = this.#sink(line);
      this.#lines++;
      if (isThenable(result)) void result.then(undefined, () => {});
    } catch {
      this.#lost++;
    }
  }
}

/** A frame of which only the size may be known. */
export function sizeOf(data: string | Uint8Array): RecordedFrame {
  return typeof data === 'string' ? { characters: data.length } : { bytes: data.byteLength };
}

function isSeenFrame(item: RecordedEvent | SeenFrame): item is SeenFrame {
  return 'data' in item;
}
