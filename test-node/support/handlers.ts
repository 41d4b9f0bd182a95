import { Message, type ProtocolHandler, type RequestId, type SubscriptionContext } from 'hpx-transport-ws';

/** A message as the core makes it of a frame; what is no text is written as JSON. */
export function frame(value: unknown): Message {
  return new Message(typeof value === 'string' ? value : JSON.stringify(value));
}

/** What a handler may ask about topics: their params, and the names that the server chose. */
export function subscriptionContext(
  params: Record<string, unknown> = {},
  aliases: Record<string, RequestId> = {},
): SubscriptionContext {
  let ids = 0;
  return {
    params: (topic) => params[topic],
    alias: (topic) => aliases[topic],
    setAlias: (topic, alias) => {
      aliases[topic] = alias;
    },
    newRequestId: () => `next-${++ids}`,
    wanted: Object.keys(params),
  };
}

/** The frames that a handler built, parsed. */
export function sent(frames: unknown) {
  return [frames].flat().map((text) => JSON.parse(text as string));
}

/** Where a frame belongs, as its handler says: its kind, and its topic or the id of its request. */
export function routed(handler: ProtocolHandler<object, object>, text: string) {
  const message = frame(text);
  const kind = handler.classifyMessage(message);
  if (kind === 'update') return { kind, topic: handler.extractTopic(message) };
  const id = handler.extractRequestId(message);
  return id === undefined || id === null ? { kind } : { kind, id };
}

/** What the core does with a frame of answers: its parts, their kinds, and how each part settles its request. */
export function settle(handler: ProtocolHandler<object, object>, text: string) {
  const message = frame(text);
  const parts = handler.split(message) as readonly Message[] | null | undefined;
  return (parts?.length ? parts : [message]).map((part) => {
    const kind = handler.classifyMessage(part);
    if (kind !== 'response') return { kind };
    const id = handler.extractRequestId(part);
    const error = handler.extractError(part);
    return error ? { id, error } : { id, result: handler.extractResult(part) };
  });
}
