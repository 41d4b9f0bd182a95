import { GenericJsonHandler, type Message, type Signal, type WebSocketConfigInput } from 'hpx-transport-ws';
import { connectedWorld } from './virtual-world.js';

/** Heeds `{"op":"bye","retry_after":…}` as a notice of the server, and cancels requests. */
export class NoticeHandler extends GenericJsonHandler {
  override extractSignal(message: Message): Signal | undefined {
    if (message.field('op') !== 'bye') return undefined;
    return { type: 'reconnect', delay: Number(message.field('retry_after') ?? 0) };
  }

  override buildCancel(id: string | number): string {
    return JSON.stringify({ op: 'cancel', id });
  }
}

/** A server whose notices are heeded. It answers requests only when the test says so. */
export async function noticedWorld(config: Partial<WebSocketConfigInput> = {}) {
  const world = await connectedWorld({ handler: new NoticeHandler(), config });
  const answers: (() => void)[] = [];
  world.server.onSend = (frame, send) => {
    if ('data' in frame && !('topic' in frame)) answers.push(send);
    else send();
  };
  return {
    ...world,
    /** The server's end of the first connection. */
    peer: world.peer,
    /** Sends the answers that the server holds back. */
    answer: () => {
      for (const send of answers.splice(0)) send();
    },
  };
}
