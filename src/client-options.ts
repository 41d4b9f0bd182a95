import type { ChannelOptions } from './channel/channel.js';
import { channelRules } from './channel/channel-inlet.js';
import { isCloseReason } from './config.js';
import type { CloseOptions } from './connection/closing.js';
import * as texts from './texts.js';
import { ANYTHING, duration, flag, type OptionRule, type OptionRules, or, SIGNAL, TIMEOUT } from './util/options.js';

export interface ConnectOptions {
  /** Ends the attempt; the client can connect again. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds until the call rejects with a `ConnectionFailedError`. A client that was never ready then rests, and can
   * connect again; a client that was ready keeps trying.
   * @default Infinity
   */
  readonly timeout?: number;
}

export interface ReconnectOptions {
  /**
   * Milliseconds that the answers in flight may take; 0 replaces the connection at once.
   * @default the config's `leaveTimeout`
   */
  readonly leaveTimeout?: number;
}

export interface SubscribeOptions extends ChannelOptions {
  /** What the handler puts into the subscribe frame beside the topic: depth, filters. */
  readonly params?: unknown;
  /**
   * Milliseconds that the server has for the confirmation, from the write of the subscribe frame; a new connection starts
   * them anew. Waiting for a connection does not count.
   * @default the config's `requestTimeout`
   */
  readonly timeout?: number;
  /**
   * Milliseconds from the call to the first write of the subscribe frame: the limit of waiting for a connection.
   * @default Infinity
   */
  readonly maxWait?: number;
  /** Before the confirmation it rejects the call, later it ends the channel. */
  readonly signal?: AbortSignal;
}

export const TOPIC: OptionRule = [
  (value: unknown) => typeof value === 'string' && value !== '',
  texts.NON_EMPTY_STRING,
];
export const REASON: OptionRule = [(value: unknown) => typeof value === 'string', texts.A_TEXT];
/** A text is iterable too, letter by letter. */
export const TOPICS: OptionRule = [
  (value: Iterable<unknown> | null | undefined) => typeof value !== 'string' && !!value?.[Symbol.iterator],
  texts.TOPIC_LIST,
];
export const reconnectRules: OptionRules<ReconnectOptions> = { leaveTimeout: duration(0) };
export const connectRules: OptionRules<ConnectOptions> = { signal: SIGNAL, timeout: TIMEOUT };
export const subscribeRules: OptionRules<SubscribeOptions> = {
  ...channelRules,
  params: ANYTHING,
  timeout: TIMEOUT,
  maxWait: TIMEOUT,
  signal: SIGNAL,
};
export const subscribeManyRules = { ...subscribeRules, partial: flag(false) };
export const closeRules: OptionRules<CloseOptions> = {
  drain: flag(false),
  code: [
    (value: number) => value === 1000 || (Number.isInteger(value) && value >= 3000 && value <= 4999),
    texts.CLOSE_CODE,
  ],
  reason: [isCloseReason, texts.CLOSE_REASON],
  deadline: or(duration(0), Infinity),
};
