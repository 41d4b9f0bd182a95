/** The adapter behind `#adapter` in the Node build. The client imports `#adapter`; each build resolves it. */
export { nodeRuntime as adapterRuntime } from './node.js';
