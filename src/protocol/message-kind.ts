/**
 * The kind of an inbound message; `classifyMessage` of a handler returns it.
 *
 * - `Response`: the answer to a request or a subscribe frame, with its id.
 * - `Update`: data of a topic.
 * - `System`: about the connection, such as a ping, a pong, a welcome, a notice, or a request of the server.
 * - `Control`: a confirmation, a refusal or the end of subscriptions.
 * - `Unknown`: anything else. It becomes a `message` event.
 *
 * Later versions may add kinds. Treat a kind that you do not know as `Unknown`.
 */
export const MessageKind = {
  Response: 'response',
  Update: 'update',
  System: 'system',
  Control: 'control',
  Unknown: 'unknown',
} as const;

/** One of the values of `MessageKind`. */
export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];
