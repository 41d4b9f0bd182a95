// The worker is a module, as `{ type: 'module' }` says.
export default { build: { sourcemap: true }, worker: { format: 'es' } };
