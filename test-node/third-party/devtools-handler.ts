import { type Message, MessageKind, ProtocolHandler, type RequestId } from 'hpx-transport-ws';
import type { DevToolsEvents, DevToolsMethods } from './devtools-protocol.js';

/** A call as it is, and the session that it is for. */
export const inSession = <C extends { method: string }>(sessionId: string, call: C) => ({ ...call, sessionId });

/** The session distinguishes events of the same name. The browser has no session. */
const topicIn = (event: string | number, sessionId: unknown) => (sessionId ? `${event}@${sessionId}` : `${event}`);
const sessionOf = (params: unknown) => (params as { sessionId?: string } | undefined)?.sessionId;

/**
 * The DevTools endpoint of a browser: calls and events of many sessions over one socket. A topic is the name of an event;
 * subscribing switches the event's domain on, in the session that `params` name.
 */
export class DevToolsHandler extends ProtocolHandler<DevToolsEvents, DevToolsMethods> {
  override readonly limits = { topicsPerFrame: 1 };
  override readonly confirmsSubscriptions = true;
  #lastId = 0;

  classifyMessage(message: Message) {
    if (message.field('id') !== undefined) return MessageKind.Response;
    return message.field('method') === undefined ? MessageKind.Unknown : MessageKind.Update;
  }

  extractRequestId(message: Message) {
    return message.field('id');
  }

  extractTopic(message: Message) {
    return topicIn(message.field('method') ?? '', message.field('sessionId'));
  }

  override canonicalTopic(topic: string, params: unknown) {
    return topicIn(topic, sessionOf(params));
  }

  buildSubscribe([topic = '']: readonly string[], id: RequestId, context: { params(topic: string): unknown }) {
    const [domain] = topic.split('.');
    const call =
      domain === 'Target'
        ? { method: 'Target.setDiscoverTargets', params: { discover: true } }
        : { method: `${domain}.enable` };
    return JSON.stringify({ id, sessionId: sessionOf(context.params(topic)), ...call });
  }

  /** The domain stays on: another event of it may be wanted. */
  buildUnsubscribe() {
    return undefined;
  }

  /** The browser takes integers only. */
  override generateRequestId() {
    return ++this.#lastId;
  }

  override extractError(message: Message) {
    return (message.json as { error?: { code: number; message: string } }).error;
  }

  override extractResult(message: Message) {
    return (message.json as { result: unknown }).result;
  }

  override extractData(message: Message) {
    return (message.json as { params: unknown }).params;
  }
}
