import {
  AuthenticationFailedError,
  type AuthFailure,
  type CloseInfo,
  type ClosePlan,
  type CloseVerdict,
  type Frame,
  type FrameInfo,
  type Frames,
  GenericJsonHandler,
  type Limits,
  type LoginSession,
  Message,
  type Parts,
  type RequestId,
  type Sequence,
  type Signal,
  type SubscriptionContext,
  type SubscriptionOutcome,
  type Topic,
} from 'hpx-transport-ws';
import type { SeededRandom } from 'hpx-transport-ws/testing';
import type { Happening } from './history.js';
import { FATAL_CODE, type HandlerPlan } from './plan.js';

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
  /** What becomes of a frame that is to be signed, if it is not just signed. */
  unsigned: (info: FrameInfo) => Promise<never> | undefined = () => undefined;
  /** The last frames of a connection, where there is one. */
  farewell: () => Frames = () => BYE;
}

/** What the handler needs of the world. */
export interface HandlerSurroundings {
  readonly random: SeededRandom;
  readonly write: (happening: Happening) => void;
  /** Resolves so many milliseconds later. */
  readonly wait: (ms: number) => Promise<void>;
}

export const BYE = '{"op":"bye"}';
/** Milliseconds that a signature takes, usually and at most. */
const SHORT = 40;
const LONG = 300;

/** The topics of one kind share no frame with those of another. */
export function groupOf(topic: Topic): string {
  return topic.charCodeAt(0) % 2 === 0 ? 'even' : 'odd';
}

/** Speaks the dialect of `ReferenceServer`, in all its styles. */
export class SimulatedHandler extends GenericJsonHandler {
  override readonly confirmsSubscriptions: boolean;
  readonly #plan: HandlerPlan;
  readonly #whims: HandlerWhims;
  readonly #surroundings: HandlerSurroundings;
  /** The number of the last update of each topic. */
  readonly #heard = new Map<Topic, number>();
  #signatures = 0;
  /** Of a message in several frames: those that came, and how many are still to come. */
  #torn = '';
  #missing = 0;

  constructor(plan: HandlerPlan, whims: HandlerWhims, surroundings: HandlerSurroundings) {
    super();
    this.#whims = whims;
    this.#surroundings = surroundings;
    this.confirmsSubscriptions = plan.confirms;
    this.#plan = plan;
    // The client looks whether a handler has these hooks.
    if (plan.signs) this.prepareFrame = (frame, info) => this.#sign(frame, info);
    if (plan.converses) this.login = (session) => this.#converse(session);
  }

  /** The number of the last update of a topic that somebody wanted. */
  heard(topic: Topic): number {
    return this.#heard.get(topic) ?? 0;
  }

  override get limits(): Limits {
    const { lifetime } = this.#whims;
    return { topicsPerFrame: this.#plan.topicsPerFrame, ...(lifetime !== undefined && { lifetime }) };
  }

  override groupKey(topic: Topic): string | undefined {
    return this.#plan.groups ? groupOf(topic) : undefined;
  }

  override onConnect(): string | undefined | Promise<string | undefined> {
    this.#torn = '';
    this.#missing = 0;
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
    try {
      this.#whims.inHook();
    } catch (cause) {
      // Where each frame is signed, that tells it.
      if (!this.#plan.signs) this.#surroundings.write({ type: 'unwritable', text });
      throw cause;
    }
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

  /** A frame may say that the next ones are parts of one message. */
  override split(message: Message): Parts | Promise<Parts> {
    if (this.#missing > 0) {
      this.#torn += message.text;
      if (--this.#missing > 0) return [];
      const whole = [new Message(this.#torn)];
      // A connection that is ready before its session is told to go on has asked anew: the history would not show which came first.
      const isPrompt = this.#torn.includes('"op":"resumed"');
      this.#torn = '';
      return isPrompt ? whole : this.#perhapsLater(whole);
    }
    if (message.field('op') !== 'parts') return undefined;
    this.#missing = Number(message.field('count'));
    return this.#perhapsLater([]);
  }

  override farewell(): Frames {
    let frames: Frames;
    try {
      frames = this.#plan.parts ? this.#whims.farewell() : undefined;
      return frames;
    } finally {
      this.#surroundings.write({ type: 'parting', frames: [frames ?? []].flat().length });
    }
  }

  override extractSequence(message: Message): Sequence | undefined {
    const current = message.field('sequence');
    const topic = this.extractTopic(message);
    if (typeof current === 'number' && topic !== undefined) this.#heard.set(topic, current);
    return typeof current === 'number' ? { current, previous: current - 1 } : undefined;
  }

  override extractSignal(message: Message): Signal | undefined {
    const operation = message.field('op');
    if (operation === 'goaway') return { type: 'reconnect' };
    if (operation === 'expired') return { type: 'authenticate' };
    if (operation === 'completed') return { type: 'completed', topics: (message.json as { args: string[] }).args };
    if (operation === 'resumed') return { type: 'resumed', topics: (message.json as { args: string[] }).args };
    if (message.field('last') === 1) return { type: 'completed', topics: [this.extractTopic(message) ?? ''] };
    if (operation !== 'revoked') return undefined;
    const { args, final = false } = message.json as { args: string[]; final?: boolean };
    return { type: 'revoked', topics: args, retryable: !final };
  }

  override classifyClose(close: CloseInfo): CloseVerdict | ClosePlan {
    return close.code === FATAL_CODE ? 'fatal' : super.classifyClose(close);
  }

  /** Adds a signature of its own to every frame. */
  #sign(frame: Frame, info: FrameInfo): Frame | Promise<Frame> {
    const { random, wait, write } = this.#surroundings;
    const signature = ++this.#signatures;
    write({ type: 'preparing', signature, kind: info.kind, topics: info.topics ?? [] });
    const done = (text: string) => {
      write({ type: 'prepared', signature, failed: false });
      return text.replace(/\}$/, `,"stamp":${signature}}`);
    };
    const failed = (cause: unknown) => {
      write({ type: 'prepared', signature, failed: true });
      if (typeof frame === 'string') write({ type: 'unwritable', text: frame });
      throw cause;
    };
    try {
      const unsigned = this.#whims.unsigned(info);
      if (unsigned) return unsigned.catch(failed);
      const text = super.prepareFrame(frame, info) as string | Promise<string>;
      if (random.chance(0.7)) return typeof text === 'string' ? done(text) : text.then(done, failed);
      const delay = random.integer(0, random.chance(0.1) ? LONG : SHORT);
      return wait(delay).then(async () => done(await text));
    } catch (cause) {
      return failed(cause);
    }
  }

  /** First a word that the server has to return, then the key. */
  async #converse({ receive, send }: LoginSession): Promise<void> {
    const { random, wait } = this.#surroundings;
    if (random.chance(0.5)) {
      send('{"op":"ping","nonce":1}');
      await receive((message) => message.field('op') === 'pong');
    }
    if (random.chance(0.3)) await wait(random.integer(0, LONG));
    send(JSON.stringify({ op: 'auth', key: this.#plan.key }));
    const answer = await receive((message) => message.field('op') === 'auth');
    const { final, success } = members(answer);
    if (success === true) return;
    throw final === true ? new AuthenticationFailedError('no key', { retryable: false }) : new Error('not now');
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
