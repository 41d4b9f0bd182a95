import type { CallPolicy, ConnectionState, ConnectionStatus } from '../connection-state.js';
import type { Context } from '../context.js';
import { ProtocolError, type TransportError } from '../errors.js';
import { describe } from '../util/wrap-error.js';
import { type ConnectionEffect, type ConnectionEvent, connectionStates } from './connection-states.js';

/** What a transition is about: why it happens, unless an error tells that. */
export interface Happening {
  readonly reason?: string;
  readonly error?: TransportError | undefined;
}

/** Carries out one effect of the table; returns what to announce once the application knows of the new state. */
export type Effect<H extends Happening> = (happening: H) => (() => void) | undefined;

/**
 * Walks the table of connection-states.ts. Whatever happens has its turn after what is under way, so that a listener that
 * causes the next event (a `close()` inside `stateChange`) never meets a transition that is half done.
 */
export class StateMachine<H extends Happening> implements ConnectionStatus {
  readonly #context: Context;
  readonly #effects: Readonly<Record<ConnectionEffect, Effect<H>>>;
  /** The turn under way, and those after it. */
  readonly #turns: (() => void)[] = [];
  #state: ConnectionState = 'disconnected';

  constructor(context: Context, effects: Readonly<Record<ConnectionEffect, Effect<H>>>) {
    this.#context = context;
    this.#effects = effects;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get calls(): CallPolicy {
    return connectionStates[this.#state].calls;
  }

  /** Whether the table has an entry for this event now. */
  allows(event: ConnectionEvent): boolean {
    return connectionStates[this.#state].on[event] !== undefined;
  }

  /** Acts when everything that came before is done: at once where nothing is under way. */
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

  /** Carries out an event; to be called in turn. */
  transit(event: ConnectionEvent, happening: H): void {
    const from = this.#state;
    const transition = connectionStates[from].on[event];
    if (!transition) return this.#defect(`'${event}' happened while ${from}`);
    const [to, effect] = transition;
    const { error, reason = error?.message ?? '' } = happening;
    this.#state = to;
    this.#context.trace.transition(from, to, event, reason);
    const announce = this.#effects[effect](happening);
    this.#context.emit('stateChange', to, from, error ? { event, reason, error } : { event, reason });
    announce?.();
  }

  #defect(what: string, cause?: unknown): void {
    this.#context.emit('error', new ProtocolError(`Defect in this client: ${what}. Please report it.`, { cause }));
  }
}
