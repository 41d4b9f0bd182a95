import {
  type AuthFailure,
  type CloseInfo,
  type ClosePlan,
  type CloseVerdict,
  GenericJsonHandler,
  type Limits,
  type Message,
  type RequestId,
  type Sequence,
  type Signal,
  type SubscriptionContext,
  type SubscriptionOutcome,
  type Topic,
} from 'hpx-transport-ws';
import { FATAL_CODE, type HandlerPlan } from './plan.js';

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
  'injectRequestId',
  'isAuthSuccess',
  'isSubscriptionSuccess',
  'onConnect',
  'redact',
  'stringify',
] as const;

interface Acknowledgement {
  readonly args?: readonly unknown[];
  readonly refused?: readonly string[];
  readonly success?: boolean;
  readonly error?: string;
}

/** What faults make of the handler. */
export class HandlerWhims {
  /** Topics that it cannot build a frame for. */
  readonly unbuildable = new Set<string>();
  /** Milliseconds that the server allows a connection. */
  lifetime: number | undefined;
  /** Signs a request, which takes its time. */
  sign: ((text: string) => Promise<string> | undefined) | undefined;
  /** Called in the hook that prepares requests. */
  inHook: () => void = () => {};
}

/** Speaks the dialect of `ReferenceServer`, in all its styles. */
export class SimulatedHandler extends GenericJsonHandler {
  override readonly confirmsSubscriptions: boolean;
  readonly #plan: HandlerPlan;
  readonly #whims: HandlerWhims;

  constructor(plan: HandlerPlan, whims: HandlerWhims) {
    super();
    this.#whims = whims;
    this.confirmsSubscriptions = plan.confirms;
    this.#plan = plan;
  }

  override get limits(): Limits {
    const { lifetime } = this.#whims;
    return { topicsPerFrame: this.#plan.topicsPerFrame, ...(lifetime !== undefined && { lifetime }) };
  }

  override onConnect(): string | undefined | Promise<string | undefined> {
    return this.#perhapsLater(this.#plan.greets ? '{"op":"hello"}' : undefined);
  }

  override buildAuthMessage(): string | undefined | Promise<string | undefined> {
    const { key } = this.#plan;
    return this.#perhapsLater(key && JSON.stringify({ op: 'auth', key }));
  }

  override isAuthSuccess(message: Message): boolean {
    return message.field('op') === 'auth' && members(message).success === true;
  }

  override isAuthFailure(message: Message): AuthFailure {
    if (message.field('op') !== 'auth') return false;
    const { final, success } = members(message);
    return final === true ? 'final' : success === false;
  }

  override prepareRequest(text: string): string | Promise<string> {
    this.#whims.inHook();
    return this.#whims.sign?.(text) ?? this.#perhapsLater(text);
  }

  override buildSubscribe(topics: readonly Topic[], requestId: RequestId, context: SubscriptionContext): string {
    const impossible = topics.find((topic) => this.#whims.unbuildable.has(topic));
    if (impossible !== undefined) throw new Error(`no frame can be built for ${impossible}`);
    return super.buildSubscribe(topics, requestId, context);
  }

  override buildCancel(requestId: RequestId): string {
    return JSON.stringify({ op: 'cancel', of: requestId });
  }

  override isSubscriptionSuccess(message: Message): SubscriptionOutcome | boolean | undefined {
    const { args, refused = [], success, error } = message.json as Acknowledgement;
    if (message.field('op') !== 'subscribe') return undefined;
    const named = (args ?? []).map((entry) =>
      typeof entry === 'string' ? entry : String((entry as { topic?: unknown }).topic),
    );
    if (error === 'already subscribed') return { benign: named };
    if (refused.length > 0) return { accepted: named, refused };
    // An empty list names no topic; without a list the order of the frames decides.
    if (!args) return success;
    return success ? { accepted: named } : { refused: named };
  }

  override extractSequence(message: Message): Sequence | undefined {
    const current = message.field('sequence');
    return typeof current === 'number' ? { current, previous: current - 1 } : undefined;
  }

  override extractSignal(message: Message): Signal | undefined {
    const operation = message.field('op');
    if (operation === 'goaway') return { type: 'reconnect' };
    if (operation === 'expired') return { type: 'authenticate' };
    if (operation === 'completed') return { type: 'completed', topics: (message.json as { args: string[] }).args };
    if (operation !== 'revoked') return undefined;
    const { args, final = false } = message.json as { args: string[]; final?: boolean };
    return { type: 'revoked', topics: args, retryable: !final };
  }

  override classifyClose(close: CloseInfo): CloseVerdict | ClosePlan {
    return close.code === FATAL_CODE ? 'fatal' : super.classifyClose(close);
  }

  #perhapsLater<T>(value: T): T | Promise<T> {
    return this.#plan.isAsync ? Promise.resolve(value) : value;
  }
}

/** What cannot be read is no success. */
function members({ json }: Message): { readonly success?: unknown; readonly final?: unknown } {
  if (typeof json !== 'object' || json === null) throw new Error('no JSON');
  return json;
}

/** Acts at the start of a hook, until the function that is returned is called. */
export function actInside(handler: SimulatedHandler, hook: (typeof HOOKS)[number], act: () => void): () => void {
  const own = handler[hook];
  const value = (...parameters: unknown[]): unknown => {
    act();
    return Reflect.apply(own, handler, parameters);
  };
  Object.defineProperty(handler, hook, { configurable: true, value });
  return () => void Reflect.deleteProperty(handler, hook);
}
