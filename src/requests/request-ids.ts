import type { Context } from '../context.js';
import type { RequestId } from '../identifiers.js';
import { SeenNumbers } from '../util/seen-numbers.js';
import { UniqueIds } from '../util/unique-ids.js';

/** How many ids of a handler may be in use already, one after the other. */
const MOST_TRIES = 100;

/** A part that waits for answers under ids. */
export interface IdUser {
  /** Whether an answer may still come under that id. */
  isUsed(id: RequestId): boolean;
}

/** The ids of one client: fresh ids in the protocol's type, and which ids may still be answered. */
export class RequestIds {
  readonly #context: Context;
  readonly #unique = new UniqueIds();
  readonly #users: IdUser[] = [];
  /** The ids of this client that are numbers, and those that are numbers as text. */
  readonly #numbers = new SeenNumbers();
  readonly #numericTexts = new SeenNumbers();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Adds a part whose ids must not be used for anything else. */
  addUser(user: IdUser): void {
    this.#users.push(user);
  }

  /** An id in the protocol's type, which nothing uses. */
  next(): RequestId {
    const { handler, runtime } = this.#context;
    for (let tries = 1; ; tries++) {
      const id = handler.generateRequestId() ?? runtime.generateId?.();
      if (id === undefined) return this.#unique.next();
      // A handler that counts may meet an id that the application chose for a request of its own.
      if (tries === MOST_TRIES || !this.isUsed(id)) {
        this.note(id);
        return id;
      }
    }
  }

  /** This client uses an id. */
  note(id: RequestId): void {
    if (typeof id === 'number') this.#numbers.add(id);
    else if (isNumeric(id)) this.#numericTexts.add(Number(id));
  }

  /** The id as a number instead of text, or as text; undefined if this client ever used the id as it is. */
  otherForm(id: RequestId): RequestId | undefined {
    if (typeof id === 'number') return this.#numbers.has(id) ? undefined : String(id);
    return isNumeric(id) && !this.#numericTexts.has(Number(id)) ? Number(id) : undefined;
  }

  /** Whether an answer may still come under that id. */
  isUsed(id: RequestId, except?: IdUser): boolean {
    return this.#users.some((user) => user !== except && user.isUsed(id));
  }
}

/** Whether a text is what a number becomes as text. */
function isNumeric(id: string): boolean {
  // Nearly every id is a random text that begins with a letter.
  return id.charCodeAt(0) <= 0x39 && String(Number(id)) === id;
}
