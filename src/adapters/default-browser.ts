/** The adapter behind `#adapter` in the browser build, which is also for workers and edge runtimes. */
export { browserRuntime as adapterRuntime } from './browser.js';
