import { createHmac } from 'node:crypto';
import { customAlphabet } from 'nanoid';
import type { RequestId } from '../../../src/identifiers.js';
import type {
  AuthFailure,
  KeepAlive,
  Limits,
  Sequence,
  ServerError,
  Signal,
  SubscriptionOutcome,
} from '../../../src/protocol/handler-types.js';
import type { Message } from '../../../src/protocol/message.js';
import { MessageKind } from '../../../src/protocol/message-kind.js';
import { ProtocolHandler } from '../../../src/protocol/protocol-handler.js';

type Arg = Record<string, string>;
interface OkxFrame {
  arg?: Arg;
  event?: string;
  action?: string;
  channel?: string;
  msg?: string;
  data?: { sCode?: string; sMsg?: string; seqId?: number; prevSeqId?: number }[];
}

const alphanumeric = customAlphabet('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 32);
const read = (message: Message) => (message.json ?? {}) as OkxFrame;

/** `books?instId=BTC-USDT` and back; the server adds a uid to private updates. */
function topicOf({ channel = '', uid: _, ...rest }: Arg): string {
  const pairs = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length > 0 ? `${channel}?${pairs.map((pair) => pair.join('=')).join('&')}` : channel;
}

function argOf(topic: string): Arg {
  const [channel = '', query = ''] = topic.split('?');
  return { channel, ...Object.fromEntries(query.split('&').flatMap((pair) => (pair ? [pair.split('=')] : []))) };
}

/** OKX v5: topics of several fields, one confirmation per topic under one id, errors that name the topic in prose. */
export class OkxHandler extends ProtocolHandler {
  override readonly keepAlive: KeepAlive = { interval: 25_000, when: 'after-silence', expectReply: true };
  override readonly limits: Limits = { subscriptionFrames: { count: 480, window: 3_600_000 }, bytesPerFrame: 65_536 };
  readonly #auth: { key: string; secret: string; passphrase: string; now: () => number } | undefined;
  /** A revocation names the channel alone. */
  readonly #topics = new Set<string>();

  constructor(auth?: { key: string; secret: string; passphrase: string; now: () => number }) {
    super();
    this.#auth = auth;
  }

  classifyMessage(message: Message): MessageKind {
    if (message.text === 'pong') return MessageKind.System;
    if (message.text.startsWith('{"arg":')) return MessageKind.Update;
    const event = message.field('event');
    if (event === undefined)
      return this.extractRequestId(message) === undefined ? MessageKind.Unknown : MessageKind.Response;
    if (event === 'subscribe' || event === 'unsubscribe' || message.field('code') === '60018')
      return MessageKind.Control;
    return this.extractRequestId(message) === undefined ? MessageKind.System : MessageKind.Response;
  }

  extractRequestId(message: Message): RequestId | undefined {
    const id = message.field('id');
    if (id !== undefined || message.field('code') !== '60012') return id;
    return /"id":"(\w+)"/.exec(read(message).msg ?? '')?.[1];
  }

  extractTopic(message: Message): string | undefined {
    // The argument stands first, so that the rest of the frame need not be parsed.
    const [, arg] = /^\{"arg":(\{[^{}]*\})/.exec(message.text) ?? [];
    return arg && topicOf(JSON.parse(arg) as Arg);
  }

  buildSubscribe(topics: readonly string[], id: RequestId): string {
    for (const topic of topics) this.#topics.add(topic);
    return JSON.stringify({ id, op: 'subscribe', args: topics.map(argOf) });
  }

  buildUnsubscribe(topics: readonly string[], id: RequestId): string {
    for (const topic of topics) this.#topics.delete(topic);
    return JSON.stringify({ id, op: 'unsubscribe', args: topics.map(argOf) });
  }

  override isSubscriptionSuccess(message: Message, topics: readonly string[]): SubscriptionOutcome | undefined {
    const { arg, event, msg = '' } = read(message);
    if (event === 'error') {
      const [, channel = '', rest = ''] = /channel:([^,\s]+),?(\S*) doesn't exist/i.exec(msg) ?? [];
      const refused = topicOf({ channel, ...Object.fromEntries(rest.split(',').map((pair) => pair.split(':'))) });
      return topics.includes(refused) ? { refused: [refused] } : undefined;
    }
    // A confirmation may leave out a field of the request.
    const isThis = (topic: string) => Object.entries(arg ?? {}).every(([name, value]) => argOf(topic)[name] === value);
    const accepted = topics.filter(isThis);
    return event === 'subscribe' && accepted.length > 0 ? { accepted } : undefined;
  }

  override extractError(message: Message): ServerError | undefined {
    const { data, event, msg = '' } = read(message);
    const code = message.field('code');
    if (event === 'error') return { message: msg, code };
    // "2" is a batch that failed in part: its items tell which.
    if (event !== undefined || code === undefined || code === '0' || code === '2') return undefined;
    return { message: data?.[0]?.sMsg ?? msg, code: data?.[0]?.sCode ?? code };
  }

  override extractData(message: Message): unknown {
    return read(message).data;
  }

  override extractSignal(message: Message): Signal | undefined {
    const { channel, event, msg } = read(message);
    const code = message.field('code');
    if (event === 'notice' && code === '64008') return { type: 'reconnect', reason: msg, makeBeforeBreak: true };
    if (event === 'error' && code === '60011') return { type: 'authenticate' };
    if (event !== 'channel-conn-count-error') return undefined;
    const topics = [...this.#topics].filter((topic) => argOf(topic).channel === channel);
    return {
      type: 'revoked',
      topics,
      retryable: false,
      error: { message: 'Too many connections subscribe this channel.' },
    };
  }

  override extractSequence(message: Message): Sequence | undefined {
    if (!this.extractTopic(message)?.startsWith('books')) return undefined;
    const { seqId: current = 0, prevSeqId: previous } = read(message).data?.[0] ?? {};
    return message.field('action') === 'snapshot' ? { current, snapshot: true } : { current, previous };
  }

  override generateRequestId(): string {
    return alphanumeric();
  }

  override buildPing(): string {
    return 'ping';
  }

  override isPongResponse(message: Message): boolean {
    return message.text === 'pong';
  }

  override buildAuthMessage(): string | undefined {
    if (!this.#auth) return undefined;
    const { key: apiKey, now, passphrase, secret } = this.#auth;
    const timestamp = String(Math.floor(now() / 1_000));
    const sign = createHmac('sha256', secret).update(`${timestamp}GET/users/self/verify`).digest('base64');
    return JSON.stringify({ op: 'login', args: [{ apiKey, passphrase, timestamp, sign }] });
  }

  override isAuthSuccess(message: Message): boolean {
    return message.field('event') === 'login' && message.field('code') === '0';
  }

  override isAuthFailure(message: Message): AuthFailure {
    if (message.field('event') !== 'error') return false;
    const code = message.field('code');
    return code === '60006' ? 'retry' : code === '60009' || code === '60005' ? 'final' : false;
  }
}
