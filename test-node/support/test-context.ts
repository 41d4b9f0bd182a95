import { WebSocketConfig, type WebSocketConfigInput } from '../../src/config.js';
import type { Context } from '../../src/context.js';
import { GenericJsonHandler } from '../../src/handlers/generic-json.js';
import { overridesOf } from '../../src/protocol/handler-overrides.js';
import type { ProtocolHandler } from '../../src/protocol/protocol-handler.js';
import { VirtualClock } from '../../src/testing/index.browser.js';
import { Trace } from '../../src/trace.js';
import { TurnTime } from '../../src/util/turn-time.js';

export interface TestContext extends Context {
  readonly clock: VirtualClock;
  /** What was emitted: name and arguments. */
  readonly emitted: [name: string, ...args: unknown[]][];
  /** How often a promise was settled. */
  readonly settles: number;
}

/** What the parts of a connection share, on a virtual clock. */
export function testContext(
  options: {
    handler?: ProtocolHandler<object, object>;
    config?: Partial<WebSocketConfigInput>;
    random?: () => number;
  } = {},
): TestContext {
  const clock = new VirtualClock();
  const handler = options.handler ?? new GenericJsonHandler();
  const emitted: TestContext['emitted'] = [];
  let settles = 0;
  return {
    clock,
    emitted,
    get settles() {
      return settles;
    },
    config: new WebSocketConfig({ url: 'ws://test', ...options.config }),
    handler,
    overrides: overridesOf(handler),
    runtime: {
      clock,
      random: options.random ?? (() => 0.5),
      openSocket: () => {
        throw new Error('This test opens no socket.');
      },
    },
    turnTime: new TurnTime(clock),
    trace: new Trace(clock, (text) => text),
    counters: { received: 0, parsed: 0, unknown: 0, sent: 0, dropped: 0, reconnects: 0, lastMessageAt: undefined },
    emit: (event, ...args) => {
      emitted.push([event, ...args]);
      return false;
    },
    gate: { hold: () => void settles++, isPaused: false },
  };
}
