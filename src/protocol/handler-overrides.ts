import { ConfigError } from '../errors.js';
import * as texts from '../texts.js';
import { type Based, HANDLER_BASE } from './handler-base.js';
import type { ProtocolHandler } from './protocol-handler.js';

/** The methods that a handler must have. */
const METHODS = ['classifyMessage', 'extractRequestId', 'extractTopic', 'buildSubscribe', 'buildUnsubscribe'] as const;

/** The hooks that are called only if a handler overrides them. Most handlers leave most of them out. */
const HOOKS = [
  'acknowledgedTopics',
  'buildAuthMessage',
  'classifyClose',
  'decodeBinary',
  'extractSequence',
  'extractServerRequest',
  'extractSignal',
  'isPongResponse',
  'isServerPing',
  'isSubscriptionSuccess',
  'login',
  'prepareFrame',
  'prepareRequest',
  'replyTo',
  'shouldReconnect',
  'split',
] as const;

/** Whether a handler overrides each of these hooks. */
export type HandlerOverrides = Readonly<Record<(typeof HOOKS)[number], boolean>>;

/**
 * Checks that a value is a handler, of this copy of the package or of another copy.
 * @throws ConfigError for a class, for an object that extends no `ProtocolHandler`, and for a missing method
 */
export function checkHandler(handler: unknown): asserts handler is ProtocolHandler<object, object> {
  if (typeof handler !== 'object' || handler === null || !(HANDLER_BASE in handler)) {
    throw new ConfigError('handler', handler, texts.HANDLER);
  }
  for (const name of METHODS) {
    const method: unknown = (handler as Partial<Record<string, unknown>>)[name];
    if (typeof method !== 'function') throw new ConfigError(`handler.${name}`, method, texts.A_FUNCTION);
  }
}

/** Finds the hooks that a handler overrides, in its class or on the object itself. */
export function overridesOf(handler: ProtocolHandler<object, object>): HandlerOverrides {
  const base = (handler as Based)[HANDLER_BASE];
  const overrides = HOOKS.map((hook) => [hook, handler[hook] !== base?.[hook]]);
  const found = Object.fromEntries(overrides) as Record<(typeof HOOKS)[number], boolean>;
  // A subclass that decides about confirmations itself wants to see the whole frame.
  const reads = depthOf(handler, 'isSubscriptionSuccess');
  found.acknowledgedTopics &&= depthOf(handler, 'acknowledgedTopics') <= reads;
  return found;
}

/** How far down its chain of prototypes a handler has a hook: 0 for the object itself. */
function depthOf(handler: object, hook: string): number {
  let depth = 0;
  for (let at: object | null = handler; at && !Object.hasOwn(at, hook); at = Object.getPrototypeOf(at)) depth++;
  return depth;
}
