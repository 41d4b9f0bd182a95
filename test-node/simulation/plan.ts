import { WebSocketConfig } from 'hpx-transport-ws';
import type { AcknowledgementStyle, ReferenceServerOptions, SeededRandom } from 'hpx-transport-ws/testing';

export const FAMILIES = ['connect', 'life', 'data', 'server', 'host', 'user', 'field'] as const;
export type Family = (typeof FAMILIES)[number];

/**
 * `safety`: faults to the very end, and nothing that is promised "always" may break. `liveness`: faults stop, and then the
 * client has to come back within the bound.
 */
export type Mode = 'safety' | 'liveness';

/** What a seed decides before anything happens. */
export interface Plan {
  readonly mode: Mode;
  /** Without its `url`, which differs from client to client. */
  readonly config: Omit<ConstructorParameters<typeof WebSocketConfig>[0], 'url'>;
  readonly server: ReferenceServerOptions;
  readonly handler: HandlerPlan;
  readonly latency: readonly [min: number, max: number];
  readonly delivery: 'chunk' | 'frame';
  /** Whether the platform counts the bytes of a frame that is not complete. */
  readonly countsBytes: boolean;
  /** Bytes that leave the process before the network takes them. */
  readonly kernelBuffer: number;
  readonly families: ReadonlySet<Family>;
  /** How likely a step brings a fault. */
  readonly faultiness: number;
  readonly clients: number;
  readonly steps: number;
  readonly topics: readonly string[];
  /** At this step the first client is closed; usually never before the end. */
  readonly closesAt: number;
}

/** How the client's handler speaks. */
export interface HandlerPlan {
  readonly confirms: boolean;
  readonly key: string | undefined;
  readonly greets: boolean;
  /** Whether what may be asynchronous is. */
  readonly isAsync: boolean;
  readonly topicsPerFrame: number;
  /** Whether topics of two kinds share no frame. */
  readonly groups: boolean;
  /** Whether each frame is signed just before its write, which may take a while. */
  readonly signs: boolean;
  /** Whether the login is a dialogue. */
  readonly converses: boolean;
  /** Whether each connection ends with a last frame. */
  readonly parts: boolean;
}

const STYLES: readonly AcknowledgementStyle[] = ['batch', 'topic', 'topic-only', 'echo', 'order', 'list', 'none'];
export const FATAL_CODE = 4_009;
export const MAX_MESSAGE_SIZE = 4_096;
/** What a busy client may have open. */
const MANY_REQUESTS = 1_500;

export function planOf(random: SeededRandom, mode: Mode): Plan {
  const acknowledge = random.pick(STYLES);
  const key = random.chance(0.5) ? 'secret' : undefined;
  const initial = random.pick([0, 50, 200, 500]);
  const plan: Omit<Plan, 'kernelBuffer' | 'handler'> & { readonly handler: Omit<HandlerPlan, keyof Variants> } = {
    mode,
    config: {
      reconnectInitialDelay: initial,
      reconnectMaxDelay: Math.max(initial, random.pick([500, 2_000, 8_000, 30_000])),
      reconnectBackoffFactor: random.pick([1.5, 2, 3]),
      reconnectJitter: random.pick([1, 1, 0.5, 0]),
      reconnectMinUptime: random.pick([500, 2_000, 5_000]),
      pingInterval: random.pick([2_000, 5_000, 10_000]),
      pongTimeout: random.pick([500, 1_000, 3_000]),
      requestTimeout: random.pick([1_000, 3_000, 6_000]),
      maxPendingRequests: random.pick([4, 16, 64]),
      commandChannelCapacity: random.pick([3, 8, 32]),
      subscriptionChannelCapacity: random.pick([1, 4, 32]),
      connectTimeout: random.pick([1_000, 3_000]),
      authTimeout: random.pick([1_000, 3_000]),
      authMaxAttempts: random.pick([1, 3]),
      maxMessageSize: MAX_MESSAGE_SIZE,
      pendingCleanupInterval: random.pick([1_000, 60_000]),
      protocols: random.chance(0.3) ? ['v2', 'v1'] : [],
    },
    server: {
      acknowledge,
      refuse: random.pick(['whole', 'partial']),
      benign: random.chance(0.3),
      ...(key !== undefined && { key }),
      ...(random.chance(0.1) && { limit: { count: 12, window: 1_000 } }),
    },
    handler: {
      confirms: acknowledge !== 'none',
      key,
      greets: random.chance(0.3),
      isAsync: random.chance(0.3),
      topicsPerFrame: random.pick([1, 2, 100]),
    },
    latency: random.pick([
      [1, 1],
      [1, 30],
      [5, 200],
    ]),
    delivery: random.pick(['chunk', 'frame']),
    families: new Set(FAMILIES.filter(() => random.chance(0.5))),
    faultiness: random.pick([0.1, 0.25, 0.5]),
    clients: random.chance(0.15) ? 2 : 1,
    steps: random.integer(14, 28),
    topics: ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, random.integer(2, 6)),
    closesAt: random.chance(0.15) ? random.integer(3, 20) : Infinity,
    countsBytes: random.chance(0.7),
  };
  return {
    ...plan,
    config: { ...plan.config, ...(random.chance(0.2) && { maxPendingRequests: MANY_REQUESTS }) },
    kernelBuffer: random.pick([0, 1_024 * 1_024]),
    handler: { ...plan.handler, ...variantsOf(random, key !== undefined) },
  };
}

type Variants = Pick<HandlerPlan, 'groups' | 'signs' | 'converses' | 'parts'>;

function variantsOf(random: SeededRandom, authenticates: boolean): Variants {
  return {
    groups: random.chance(0.3),
    signs: random.chance(0.25),
    converses: authenticates && random.chance(0.5),
    parts: random.chance(0.5),
  };
}

/** The settings of one client of the plan, completed. */
export function configOf(plan: Plan, url: string): WebSocketConfig {
  return new WebSocketConfig({ ...plan.config, url });
}
