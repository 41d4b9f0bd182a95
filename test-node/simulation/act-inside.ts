import type { SimulatedHandler } from './simulated-handler.js';

/** Hooks that faults act in, beside the one that prepares requests. */
export const HOOKS = [
  'buildAuthMessage',
  'buildCancel',
  'buildSubscribe',
  'buildUnsubscribe',
  'canonicalTopic',
  'classifyClose',
  'classifyMessage',
  'extractData',
  'extractError',
  'extractRequestId',
  'extractResult',
  'extractSequence',
  'extractSignal',
  'extractTopic',
  'farewell',
  'generateRequestId',
  'groupKey',
  'injectRequestId',
  'isAuthSuccess',
  'isSubscriptionSuccess',
  'login',
  'onConnect',
  'prepareFrame',
  'redact',
  'split',
  'stringify',
] as const;

/** Acts at the start of a hook, until the function that is returned is called. */
export function actInside(
  handler: SimulatedHandler,
  hook: (typeof HOOKS)[number],
  act: (subject: unknown) => void,
): () => void {
  const own = handler[hook];
  // Some are the handler's own, not those of its class.
  const before = Object.getOwnPropertyDescriptor(handler, hook);
  const value = (...parameters: unknown[]): unknown => {
    act(parameters[0]);
    return Reflect.apply(own, handler, parameters);
  };
  Object.defineProperty(handler, hook, { configurable: true, value });
  return () => {
    if (before) Object.defineProperty(handler, hook, before);
    else Reflect.deleteProperty(handler, hook);
  };
}
