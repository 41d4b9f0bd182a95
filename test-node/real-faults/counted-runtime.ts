import type { Clock, OpenSocket } from 'hpx-transport-ws';
import { nodeRuntime } from 'hpx-transport-ws/adapters/node';

/** The runtime of Node, with counts of the timers and sockets in use. */
export class CountedRuntime {
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  readonly #timers = new Set<unknown>();
  #sockets = 0;
  #onChange: () => void = () => {};

  constructor() {
    const { clock, openSocket } = nodeRuntime;
    this.clock = {
      now: () => clock.now(),
      wallTime: () => Date.now(),
      setTimer: (callback, delay) => {
        const timer = clock.setTimer(() => {
          this.#timers.delete(timer);
          callback();
        }, delay);
        this.#timers.add(timer);
        return timer;
      },
      clearTimer: (timer) => {
        this.#timers.delete(timer);
        clock.clearTimer(timer);
      },
    };
    this.openSocket = (request, events) => {
      this.#sockets++;
      return openSocket(request, {
        onOpen: () => events.onOpen(),
        onMessage: (data) => events.onMessage(data),
        onPing: () => events.onPing(),
        onPong: () => events.onPong(),
        onError: (error) => events.onError(error),
        onClose: (close) => {
          this.#sockets--;
          events.onClose(close);
          this.#onChange();
        },
      });
    };
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Sockets that have not reported their close. */
  get sockets(): number {
    return this.#sockets;
  }

  /** Resolves when the last socket has reported its close. */
  async untilNoSocket(): Promise<void> {
    while (this.#sockets > 0) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }
}
