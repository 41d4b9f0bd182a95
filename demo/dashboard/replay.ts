import type { Settings } from './settings.js';
import { startWorker } from './start-worker.js';
import type { RecordingFacts, ReplayNews, ReplayOrder } from './worker-jobs.js';

/** How a replay has ended. */
export type ReplayEnd = Extract<ReplayNews, { kind: 'end' | 'failed' }>;

/** A replay of a recording, which runs in the worker of its client. */
export class Replay {
  readonly worker: Worker;
  readonly facts: RecordingFacts;
  /** Resolves when the recording has ended, or cannot be read further. */
  readonly done: Promise<ReplayEnd>;
  readonly #port: MessagePort;
  #position = 0;
  #speed = 1;
  #isPaused = false;
  #end: ReplayEnd | undefined;
  #onMarket: (symbol: string) => void = () => {};

  /**
   * Opens a recording.
   * @throws an Error that says why the file is no recording of this page
   */
  static async open(settings: Settings, file: Blob): Promise<Replay> {
    const { port1, port2 } = new MessageChannel();
    const worker = startWorker(settings, { kind: 'replay', port: port2, file });
    const first = await new Promise<ReplayNews>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<ReplayNews>) => resolve(data);
    });
    if (first.kind === 'open') return new Replay(worker, port1, first);
    worker.terminate();
    throw new Error(first.kind === 'failed' ? first.message : 'The worker did not open it.');
  }

  private constructor(worker: Worker, port: MessagePort, facts: RecordingFacts) {
    this.worker = worker;
    this.facts = facts;
    this.#port = port;
    this.done = new Promise((resolve) => {
      port.onmessage = ({ data }: MessageEvent<ReplayNews>) => {
        if (data.kind === 'progress') this.#position = data.position;
        if (data.kind === 'market') this.#onMarket(data.symbol);
        if (data.kind !== 'end' && data.kind !== 'failed') return;
        this.#end = data;
        resolve(data);
      };
    });
  }

  /** Milliseconds since the start of the recording. */
  get position(): number {
    return this.#position;
  }

  /** The time of the recording, in Unix milliseconds. */
  get now(): number {
    return this.facts.startedAt + this.#position;
  }

  /** Missing while it plays. */
  get end(): ReplayEnd | undefined {
    return this.#end;
  }

  get speed(): number {
    return this.#speed;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** @param speed - 1: as it was; Infinity: as fast as it goes */
  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#tell({ kind: 'speed', speed });
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#tell({ kind: isPaused ? 'pause' : 'resume' });
  }

  /** Calls back when the recording comes to a place where the page showed another market. */
  onMarket(listener: (symbol: string) => void): void {
    this.#onMarket = listener;
  }

  #tell(order: ReplayOrder): void {
    this.#port.postMessage(order);
  }
}
