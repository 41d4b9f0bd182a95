/** What `#adapter` means in the browser build, which workers, edge runtimes and Deno get as well. */
export { browserRuntime as adapterRuntime } from './browser.js';
