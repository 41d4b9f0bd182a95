import { injectIntoGlobalHook } from 'react-refresh/runtime';

// Before react-dom is loaded, which looks for the hook.
injectIntoGlobalHook(globalThis);

/** Imported by name: a bundler leaves a file out whose package declares that it has no side effects. */
export const injected = true;
