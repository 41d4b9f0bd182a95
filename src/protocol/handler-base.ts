/**
 * The prototype of the `ProtocolHandler` that a handler extends. There may be several: an application may load this package
 * as an ES module and as CommonJS. So nothing asks `instanceof`, or compares a hook with the prototype of this copy.
 */
export const HANDLER_BASE: unique symbol = Symbol.for('hpx-transport-ws.handler-base') as never;

/** Something that may have the defaults of a handler. */
export interface Based {
  readonly [HANDLER_BASE]?: Readonly<Record<string, unknown>>;
}
