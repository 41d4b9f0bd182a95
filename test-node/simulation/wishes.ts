import type { OverflowPolicy, RetryPolicy } from 'hpx-transport-ws';

export interface RequestWish {
  readonly retry?: RetryPolicy;
  readonly timeout?: number;
  /** What the server is asked to do with it; by default it is echoed. */
  readonly op?: string;
  /** Aborts several calls at once. */
  readonly controller?: AbortController;
  /** Called while the payload is read. */
  readonly inPayload?: () => void;
  /** So many characters more. */
  readonly filler?: number;
  /** It goes before the others. */
  readonly isUrgent?: boolean;
}

export interface SubscribeWish {
  readonly timeout?: number;
  readonly capacity?: number;
  readonly overflow?: OverflowPolicy;
  /** A listener that throws is called before the listener that records. */
  readonly throws?: boolean;
}
