export { connectWorker, type WorkerOptions } from './worker/connect-worker.js';
export type { KeyFunctions } from './worker/page-calls.js';
export type { WorkerPort } from './worker/port.js';
export { type ServeOptions, serveClient } from './worker/serve-client.js';
export type { WorkerSubscribeOptions } from './worker/subscribe-options.js';
export type { WorkerClient } from './worker/worker-client.js';
