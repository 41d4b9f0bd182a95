import { ProtocolHandler } from './protocol-handler.js';

/** The hooks that are asked only where a handler overrides them: most handlers leave them out, and most frames need none. */
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

export type HandlerOverrides = Readonly<Record<(typeof HOOKS)[number], boolean>>;

/** Which optional hooks a handler overrides, in its class or on the object itself. */
export function overridesOf(handler: ProtocolHandler<object, object>): HandlerOverrides {
  const overrides = HOOKS.map((hook) => [hook, handler[hook] !== ProtocolHandler.prototype[hook]]);
  return Object.fromEntries(overrides) as HandlerOverrides;
}
