import type { KeepAlive, Limits } from './handler-types.js';

/** Facts about a protocol: fields or getters of a handler. The client reads them anew for each connection. */
export interface ProtocolTraits {
  /**
   * What the server allows.
   * @default no limits, except 100 topics per frame
   */
  readonly limits?: Limits;
  /**
   * How to keep the connection alive. It overrides the ping settings of the config.
   * @default the settings of the config
   */
  readonly keepAlive?: KeepAlive;
  /**
   * Whether the server confirms subscriptions. If not, `subscribe()` resolves when its frame was written.
   * @default true if the handler overrides `isSubscriptionSuccess`
   */
  readonly confirmsSubscriptions?: boolean;
  /**
   * Whether the server chooses names for subscriptions. Then an update may arrive before the confirmation that has its
   * name; the client holds it until then.
   * @default false
   */
  readonly serverChoosesTopics?: boolean;
  /** What to use instead of this handler, if it is deprecated. The client emits one `warning` with this text. */
  readonly deprecation?: string;
}
