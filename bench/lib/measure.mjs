/** CPU time of this process, all threads, in microseconds. */
function cpuNow() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * CPU and wall time of one action, both in microseconds per unit.
 * @param {number} units
 * @param {() => Promise<unknown>} action
 */
export async function measure(units, action) {
  const cpu = cpuNow();
  const start = performance.now();
  await action();
  return { wall: ((performance.now() - start) * 1_000) / units, cpu: (cpuNow() - cpu) / units };
}

/** Sends a command to the server, through the parent process. */
export function command(message) {
  process.send(message);
}

/** Sends a command to the server, and resolves with its reply. */
export function ask(message) {
  return new Promise((resolve) => {
    process.channel.ref();
    process.once('message', ({ reply }) => {
      process.channel.unref();
      resolve(reply);
    });
    command(message);
  });
}
