/** CPU time of this process, all threads, in microseconds. */
function cpuNow() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * What one action takes: CPU and wall time, both in microseconds per unit.
 * @param {number} units
 * @param {() => Promise<unknown>} action
 */
export async function measure(units, action) {
  const cpu = cpuNow();
  const start = performance.now();
  await action();
  return { wall: ((performance.now() - start) * 1_000) / units, cpu: (cpuNow() - cpu) / units };
}

/** Tells the server what to do, through the parent process. */
export function command(message) {
  process.send(message);
}

/** Asks the server, through the parent process. */
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
