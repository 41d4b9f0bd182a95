import type { CallPolicy, ConnectionState, ConnectionStatus } from '../connection-state.js';
import type { Context } from '../context.js';
import { ProtocolError } from '../errors.js';
import * as texts from '../texts.js';
import { describe } from '../util/wrap-error.js';
import {
  type ConnectionEffects,
  type ConnectionEvent,
  connectionStates,
  type Happenings,
  type Transition,
} from './connection-states.js';

/**
 * Walks the table of connection-states.ts. An event waits for its turn until the transition under way is done. So a
 * listener that causes the next event (a `close()` inside `stateChange`) never meets a half-done transition.
 */
export class StateMachine implements ConnectionStatus {
  readonly #context: Context;
  /** The turn under way, and the turns after it. */
  readonly #turns: (() => void)[] = [];
  #state: ConnectionState = 'disconnected';

  constructor(context: Context) {
    this.#context = context;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get calls(): CallPolicy {
    return connectionStates[this.#state].calls;
  }

  /** Whether the table has an entry for this event in the current state. */
  allows(event: ConnectionEvent): boolean {
    return connectionStates[this.#state].on[event] !== undefined;
  }

  /** Whether an event waits for its turn. */
  get hasQueued(): boolean {
    return this.#turns.length > 1;
  }

  /** Acts after everything that came before: at once if nothing is under way. */
  inTurn(act: () => void): void {
    this.#turns.push(act);
    if (this.#turns.length > 1) return;
    for (let turn = this.#turns[0]; turn; turn = this.#turns[0]) {
      try {
        turn();
      } catch (cause) {
        this.#defect(describe(cause), cause);
      }
      this.#turns.shift();
    }
  }

  /** Carries out an event. Call it in turn. */
  transit<E extends ConnectionEvent>(event: E, happening: Happenings[E], effects: ConnectionEffects): void {
    const from = this.#state;
    const transition: Transition<Happenings[E]> | undefined = connectionStates[from].on[event];
    if (!transition) return this.#defect(`'${event}' happened while ${from}`);
    const { next } = transition;
    const { reason } = happening;
    const error = 'error' in happening ? happening.error : undefined;
    this.#state = next;
    this.#context.trace.transition(from, next, event, reason);
    const announce = transition.carryOut(effects, happening);
    this.#context.emit('stateChange', next, from, error ? { event, reason, error } : { event, reason });
    announce?.();
  }

  #defect(what: string, cause?: unknown): void {
    this.#context.emit('error', new ProtocolError(texts.defect(what), { cause }));
  }
}
