import type { RequestId } from '../../identifiers.js';
import type { CloseInfo, ClosePlan, CloseVerdict, RateLimit, ServerError } from '../../protocol/handler-types.js';
import type { Message } from '../../protocol/message.js';
import { ProtocolHandler } from '../../protocol/protocol-handler.js';
import { serverError } from '../common/server-error.js';
import { asMembers, membersOf } from '../common/values.js';
import { numericIds } from '../kit/request-ids.js';
import { parseExact, stringifyExact } from './exact-json.js';

/** Milliseconds. The venue ends a connection after 24 hours; five minutes less are enough to leave in peace. */
export const LIFETIME = 24 * 3_600_000 - 5 * 60_000;
/** The id of pings. Numbers are ids of the client. */
export const PING_ID = 'ping';
/** Milliseconds. The venue counts connections in windows of this length, and blocks an address that makes too many. */
const BLOCK = 5 * 60_000;
/** How many connections the venue allows an address in one such window. */
export const ATTEMPTS: RateLimit = { count: 300, window: BLOCK };

/** What the two protocols of the venue have in common: `{id, result}` or `{id, error: {code, msg}}` answers a frame. */
export abstract class BinanceBase<Topics extends object, Methods extends object> extends ProtocolHandler<
  Topics,
  Methods
> {
  readonly #nextId = numericIds();

  extractRequestId(message: Message): RequestId | undefined {
    return message.field('id');
  }

  override generateRequestId(): number {
    return this.#nextId();
  }

  /** `{error: {code, msg}}` in recordings, `{code, msg}` in the venue's documents. */
  override extractError(message: Message): ServerError | undefined {
    const frame = membersOf(message);
    if ((frame.error ?? undefined) === undefined && typeof frame.msg !== 'string') return undefined;
    return serverError(frame.error, frame, asMembers(frame.error).data);
  }

  override extractResult(message: Message): unknown {
    return membersOf(message).result;
  }

  override isPongResponse(message: Message): boolean {
    return message.field('id') === PING_ID;
  }

  /**
   * HTTP 403 is the firewall of the venue: this address made too many connections. HTTP 451 never ends: the venue does
   * not serve this country.
   */
  override classifyClose(close: CloseInfo): CloseVerdict | ClosePlan {
    if (close.status === 451) return 'fatal';
    return close.status === 403 ? { verdict: 'retry', delay: BLOCK } : super.classifyClose(close);
  }

  override parse(text: string): unknown {
    return parseExact(text);
  }

  override stringify(value: unknown): string {
    return stringifyExact(value);
  }
}
