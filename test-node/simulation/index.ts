// What the scripts beside it bundle, and what a browser can run: nothing in here needs Node.
export { digestOf } from './digest.js';
export { countFaults, tableOfFaults } from './fault-counts.js';
export { render } from './history.js';
export { type Mode, planOf } from './plan.js';
export { describeFailure } from './report.js';
export { modeOf, type Run, simulate, traceOf } from './simulate.js';
