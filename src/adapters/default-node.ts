/** What `#adapter` means in the Node build: the client asks for one name, and the build fills it. */
export { nodeRuntime as adapterRuntime } from './node.js';
