import WebSocket from 'ws';

/** Counts the messages that ws reads itself, in every connection of this process. */
export class ReceiverCounts {
  readonly #prototype = (WebSocket as unknown as { Receiver: { prototype: EventEmit } }).Receiver.prototype;
  readonly #emit = this.#prototype.emit;
  readonly #hadOwn = Object.hasOwn(this.#prototype, 'emit');
  /** Text messages that ws has read. */
  texts = 0;

  constructor() {
    const counts = this;
    const emit = this.#emit;
    this.#prototype.emit = function (event, ...values) {
      if (event === 'message' && values[1] === false) counts.texts++;
      return emit.call(this, event, ...values);
    };
  }

  stop(): void {
    if (this.#hadOwn) this.#prototype.emit = this.#emit;
    else Reflect.deleteProperty(this.#prototype, 'emit');
  }
}

interface EventEmit {
  emit(event: string, ...values: unknown[]): boolean;
}
