import type { Clock } from '../runtime.js';
import { duration, FUNCTION, type OptionRules, oneOf } from '../util/options.js';
import * as texts from './texts.js';

/** Frames for the client. */
export type PlayedFrames = string | Uint8Array | readonly (string | Uint8Array)[] | undefined;

/** Options of `Player`; all are optional. */
export interface PlayerOptions {
  /**
   * How fast the time of the recording passes: 1 as it was, 10 ten times as fast, `Infinity` as fast as the client takes the
   * frames. The timers of the client keep the pace of the clock.
   * @default 1
   */
  readonly speed?: number;
  /**
   * The clock of the replay and of its client: of the platform, or a `VirtualClock`.
   * @default the clock of the platform
   */
  readonly clock?: Clock;
  /**
   * What happens at the end of the recording while a socket is open: it closes with code 1000 and a reason, or stays open.
   * @default 'close': a test ends by itself
   */
  readonly atEnd?: 'close' | 'stay';
  /**
   * Milliseconds of the clock that the recording waits, where it shows a sent frame, until the client sends the same frame
   * with an id of its own. So answers never come before their requests. Then the recording goes on; 0: it never waits.
   * @default 1_000: longer than a program needs for its next request
   */
  readonly patience?: number;
  /**
   * The name of the outermost member with the id of a request.
   * @default the usual names: id, req_id, reqId, request_id, requestId, …
   */
  readonly idField?: string;
  /**
   * Gets each frame that the client sends. What it returns is the answer, and the frame has then no answer in the recording.
   * For a login, an application's ping, and requests that were not recorded.
   * @default undefined: only the recording answers
   */
  readonly answer?: (frame: string | Uint8Array) => PlayedFrames;
}

/** What became of a replay. */
export interface ReplaySummary {
  /** The frames that the client got. */
  readonly frames: number;
  /** The frames that the recording holds without their content, which the client did not get. */
  readonly hidden: number;
  /** The frames that the recording shows as sent and the client did not send. */
  readonly unsent: number;
}

export const SPEED: OptionRules<{ speed: number }>['speed'] = [
  (value: unknown) => typeof value === 'number' && value > 0,
  texts.A_SPEED,
  1,
];

export const PLAYER_RULES: OptionRules<PlayerOptions> = {
  speed: SPEED,
  clock: [
    (value: Partial<Clock> | null) => ['now', 'setTimer', 'clearTimer'].every((name) => isMethod(value, name)),
    texts.A_CLOCK,
  ],
  atEnd: [...oneOf('close', 'stay')] as [() => boolean, string],
  patience: duration(0, 1_000),
  idField: [(value: unknown) => typeof value === 'string' && value !== '', texts.A_NAME],
  answer: FUNCTION,
};

function isMethod(value: object | null, name: string): boolean {
  return typeof (value as Record<string, unknown> | null)?.[name] === 'function';
}
