import {
  type AuthFailure,
  type CloseInfo,
  type ClosePlan,
  type CloseVerdict,
  GenericJsonHandler,
  type Limits,
  type Message,
  type Sequence,
  type Signal,
  type SubscriptionOutcome,
} from 'hpx-transport-ws';
import { FATAL_CODE, type HandlerPlan } from './plan.js';

interface Acknowledgement {
  readonly args?: readonly unknown[];
  readonly refused?: readonly string[];
  readonly success?: boolean;
  readonly error?: string;
}

/** Speaks the dialect of `ReferenceServer`, in all its styles. */
export class SimulatedHandler extends GenericJsonHandler {
  override readonly confirmsSubscriptions: boolean;
  override readonly limits: Limits;
  readonly #plan: HandlerPlan;

  constructor(plan: HandlerPlan) {
    super();
    this.confirmsSubscriptions = plan.confirms;
    this.limits = { topicsPerFrame: plan.topicsPerFrame };
    this.#plan = plan;
  }

  override onConnect(): string | undefined | Promise<string | undefined> {
    return this.#perhapsLater(this.#plan.greets ? '{"op":"hello"}' : undefined);
  }

  override buildAuthMessage(): string | undefined | Promise<string | undefined> {
    const { key } = this.#plan;
    return this.#perhapsLater(key && JSON.stringify({ op: 'auth', key }));
  }

  override isAuthSuccess(message: Message): boolean {
    return message.field('op') === 'auth' && message.text.includes('"success":true');
  }

  override isAuthFailure(message: Message): AuthFailure {
    if (message.field('op') !== 'auth') return false;
    return message.text.includes('"final":true') ? 'final' : message.text.includes('"success":false');
  }

  override prepareRequest(text: string): string | Promise<string> {
    return this.#perhapsLater(text);
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
    if (operation === 'expired') return { type: 'authenticate' };
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
