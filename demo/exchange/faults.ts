/** What can be broken at a door of the exchange. */
export type FaultName = 'drop' | 'drop-order' | 'mute' | 'refuse' | 'flap' | 'slow' | 'login' | 'maintenance';

/** Milliseconds that each fault lasts if nothing else is asked for. */
const LENGTHS: Readonly<Record<FaultName, number>> = {
  /** At once: all connections break. */
  drop: 0,
  /** Until the next order: it is executed, and the connections break before the answer. */
  'drop-order': 60_000,
  /** The connections stay open, and nothing passes. */
  mute: 12_000,
  /** All connections break, and new ones are refused. */
  refuse: 5_000,
  /** Each connection breaks soon after its login. */
  flap: 6_000,
  /** Each frame is late. */
  slow: 8_000,
  /** All connections break, and logins are refused. */
  login: 5_000,
  /** All connections end with a close frame that tells when the exchange is back. */
  maintenance: 5_000,
};

/** The longest fault in milliseconds. */
export const LONGEST_FAULT = 300_000;

/** A fault that lasts. */
export interface ActiveFault {
  readonly name: FaultName;
  /** Milliseconds. */
  readonly remaining: number;
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(LENGTHS, name);
}

/** The faults of one door. */
export class Faults {
  /** When each fault ends, in milliseconds of `performance.now()`. */
  readonly #ends = new Map<FaultName, number>();

  /** Returns how long the fault lasts, in milliseconds. */
  start(name: FaultName, length = LENGTHS[name]): number {
    this.#ends.set(name, performance.now() + length);
    return length;
  }

  isOn(name: FaultName): boolean {
    return (this.#ends.get(name) ?? 0) > performance.now();
  }

  end(name: FaultName): void {
    this.#ends.delete(name);
  }

  get active(): ActiveFault[] {
    const now = performance.now();
    return [...this.#ends].flatMap(([name, end]) => (end > now ? [{ name, remaining: Math.round(end - now) }] : []));
  }
}
