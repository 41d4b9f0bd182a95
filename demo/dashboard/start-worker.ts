import type { Settings } from './settings.js';
import type { FirstMessage, Job } from './worker-jobs.js';

/** Starts a worker with a client in it. */
export function startWorker(settings: Settings, job: Job): Worker {
  const worker = new Worker(new URL('./feed.worker.ts', import.meta.url), { type: 'module' });
  worker.postMessage({ settings, job } satisfies FirstMessage, job.kind === 'live' ? [] : [job.port]);
  return worker;
}
