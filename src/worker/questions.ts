import type { ServerRequestEvent } from '../events.js';
import { wrapError } from '../util/wrap-error.js';
import type { Outgoing } from './outgoing.js';
import { packError } from './packed-errors.js';
import * as texts from './texts.js';

/** Requests of the server that the page may leave unanswered. */
const OPEN = 1_024;
/** "Internal error" in JSON-RPC. */
const INTERNAL_ERROR = -32603;

/** The requests of the server that the page is to answer. */
export class Questions {
  readonly #outgoing: Outgoing;
  readonly #open = new Map<number, ServerRequestEvent>();
  #lastId = 0;

  constructor(outgoing: Outgoing) {
    this.#outgoing = outgoing;
  }

  ask(request: ServerRequestEvent): void {
    if (this.#open.size >= OPEN) return request.reject({ code: INTERNAL_ERROR, message: texts.TOO_MANY_QUESTIONS });
    const id = ++this.#lastId;
    this.#open.set(id, request);
    this.#outgoing.add(['question', id, request.id, request.method, request.params]);
  }

  /** The answer of the page, which may be anything. */
  answer(id: unknown, outcome: unknown, value: unknown): void {
    const request = this.#open.get(id as number);
    if (!request) return;
    this.#open.delete(id as number);
    try {
      if (outcome === 'respond') request.respond(value);
      else request.reject(value as { message: string });
    } catch (cause) {
      this.#outgoing.addEvent(['failed', packError(wrapError(texts.ANSWER_FAILED, cause))]);
    }
  }
}
