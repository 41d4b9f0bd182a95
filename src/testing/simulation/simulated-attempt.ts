/** One attempt of a client to connect, as the server sees it. */
export interface SimulatedAttempt {
  readonly url: string;
  /** The subprotocols that the client offers, in its order of preference. */
  readonly protocols: readonly string[];
  /** The time of the attempt: milliseconds of the network's clock. */
  readonly at: number;
  /** Set this function to learn that the client gave up the attempt, or that it read the refusal. */
  onGone: () => void;
}

/**
 * What becomes of an attempt:
 *
 * - `'accept'`: it becomes a connection.
 * - `'refuse'`: the port is closed.
 * - `'hang'`: no answer ever comes.
 * - `{ status, retryAfter }`: the upgrade is refused with this HTTP status, and with `Retry-After` in milliseconds.
 * - `{ protocol }`: it is accepted with this subprotocol, whether or not the client offered it.
 * - `{ after }`: it is accepted after so many milliseconds.
 */
export type Admission =
  | 'accept'
  | 'refuse'
  | 'hang'
  | {
      readonly status: number;
      readonly retryAfter?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly protocol: string }
  | { readonly after: number };
