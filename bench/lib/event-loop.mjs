/**
 * Measures the longest block of the event loop in milliseconds: by the clock, and in CPU time of this process, which other
 * programs on the machine do not change.
 */
export function watchEventLoop() {
  let longest = 0;
  let longestCpu = 0;
  let last = performance.now();
  let lastCpu = cpuTime();
  let immediate = setImmediate(turn);
  function turn() {
    const now = performance.now();
    const cpu = cpuTime();
    longest = Math.max(longest, now - last);
    longestCpu = Math.max(longestCpu, cpu - lastCpu);
    last = now;
    lastCpu = cpu;
    immediate = setImmediate(turn);
  }
  return {
    stop: () => {
      clearImmediate(immediate);
      return { longest, longestCpu };
    },
  };
}

function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
