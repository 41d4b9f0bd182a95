import { GenericJsonHandler, type Message, type SubscriptionOutcome, type Topic } from 'hpx-transport-ws';
import { connectedWorld, operations, outcome } from './virtual-world.js';

/** What the server says to a frame, word by word. */
export type Said = boolean | SubscriptionOutcome | undefined;

/** Takes its outcomes from the server: `{"req_id":…,"outcome":…,"names":[…]}`. */
export class ScriptedHandler extends GenericJsonHandler {
  override isSubscriptionSuccess(message: Message): Said {
    const { outcome, isBroken } = message.json as { outcome?: Said; isBroken?: boolean };
    if (isBroken) throw new Error('cannot be read');
    return outcome;
  }

  override extractTopic(message: Message) {
    return message.field('topic') as string | undefined;
  }

  override acknowledgedTopics(message: Message) {
    return (message.json as { names?: readonly Topic[] }).names;
  }
}

/** A world whose server says only what the test says. */
export async function scriptedWorld(handler = new ScriptedHandler()) {
  const world = await connectedWorld({ handler });
  const { client, clock, server } = world;
  server.onSend = () => {};
  const notTaken: string[] = [];
  client.on('message', (message) => notTaken.push(message.text));
  const frames = () => world.peer.received.map((data) => JSON.parse(String(data)) as { op: string; req_id: string });
  const ask = (topic: string) => {
    const controller = new AbortController();
    const call = client.subscribe(topic, { signal: controller.signal, timeout: 90_000 });
    call.catch(() => {});
    return { call, controller };
  };
  return {
    ...world,
    /** Subscribes; the frame leaves with the next move of the clock. */
    ask,
    /** Messages that no part of the client took. */
    notTaken,
    frames,
    /** Answers the n-th frame; without a number the answer has no id. */
    say: async (said: Said, number?: number, more: object = {}) => {
      const id = number === undefined ? {} : { req_id: frames()[number]?.req_id };
      world.peer.sendJson({ op: 'subscribe', ...id, outcome: said, ...more });
      await clock.advance(5);
    },
    /** The topics of each subscribe frame. */
    subscribeFrames: () =>
      operations(world.peer.received).flatMap((frame) => {
        const { op, args } = frame as { op: string; args: string[] };
        return op === 'subscribe' ? [args.join(' ')] : [];
      }),
  };
}

/** The same, after these topics were asked for in one frame. */
export async function asking(...topics: string[]) {
  const world = await scriptedWorld();
  const asked = topics.map(world.ask);
  await world.clock.advance(5);
  return { ...world, asked, results: () => Promise.all(asked.map(({ call }) => outcome(call))) };
}
