import type { Settings } from './settings.js';
import { startWorker } from './start-worker.js';
import type { Recorded, RecordNews, RecordOrder, RecordProgress } from './worker-jobs.js';

/** A recording of the page's client, which runs in the client's worker. */
export class Recording {
  readonly worker: Worker;
  /** Resolves when the recording has ended, by `stop()` or because it is full. */
  readonly done: Promise<Recorded>;
  readonly #port: MessagePort;
  #progress: RecordProgress = { lines: 0, bytes: 0, time: 0 };
  #isOn = true;

  constructor(settings: Settings) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.worker = startWorker(settings, { kind: 'record', port: port2 });
    this.done = new Promise((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<RecordNews>) => {
        this.#progress = data;
        if (data.kind !== 'recorded') return;
        this.#isOn = false;
        port1.close();
        resolve(data);
      };
    });
  }

  get progress(): RecordProgress {
    return this.#progress;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Ends the recording. The client goes on. */
  async stop(): Promise<void> {
    if (this.#isOn) this.#port.postMessage({ kind: 'stop' } satisfies RecordOrder);
    await this.done;
  }
}
