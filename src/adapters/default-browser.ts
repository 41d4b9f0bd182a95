/** What `#adapter` means in the browser build, which workers and edge runtimes get as well. */
export { browserRuntime as adapterRuntime } from './browser.js';
