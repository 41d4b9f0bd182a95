/** Stands for the entry `hpx-transport-ws/worker` of a build that does not have it yet. */
export function connectWorker() {
  throw new Error('This build has no entry for a worker');
}
