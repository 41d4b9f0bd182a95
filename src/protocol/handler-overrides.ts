import { ProtocolHandler } from './protocol-handler.js';

/** The hooks that are called only if a handler overrides them. Most handlers leave most of them out. */
const HOOKS = [
  'decodeBinary',
  'extractSequence',
  'extractServerRequest',
  'extractSignal',
  'isPongResponse',
  'isServerPing',
  'isSubscriptionSuccess',
  'prepareRequest',
  'replyTo',
  'shouldReconnect',
  'split',
] as const;

/** Whether a handler overrides each of these hooks. */
export type HandlerOverrides = Readonly<Record<(typeof HOOKS)[number], boolean>>;

/** Finds the hooks that a handler overrides, in its class or on the object itself. */
export function overridesOf(handler: ProtocolHandler<object, object>): HandlerOverrides {
  const overrides = HOOKS.map((hook) => [hook, handler[hook] !== ProtocolHandler.prototype[hook]]);
  return Object.fromEntries(overrides) as HandlerOverrides;
}
