/**
 * What an inbound frame is about; a handler's `classifyMessage` answers with one of these.
 *
 * - `Response` answers one of our requests, or one of our subscribe frames, by its id.
 * - `Update` is data of a topic.
 * - `System` keeps the link or the session going: pings, pongs, welcomes, notices, requests of the server.
 * - `Control` confirms, refuses or revokes subscriptions.
 * - `Unknown` is anything else: it reaches the application as a `message` event.
 *
 * More kinds may come: treat one that you do not know like `Unknown`.
 */
export const MessageKind = {
  Response: 'response',
  Update: 'update',
  System: 'system',
  Control: 'control',
  Unknown: 'unknown',
} as const;

export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];

/** Whether a value is one of the kinds. */
export function isMessageKind(value: unknown): value is MessageKind {
  return (Object.values(MessageKind) as unknown[]).includes(value);
}

/** Whether frames of this kind end at one of the application's calls: a request, a subscription or a channel. */
export function isApplicationKind(kind: MessageKind): boolean {
  return kind === MessageKind.Response || kind === MessageKind.Update || kind === MessageKind.Control;
}
