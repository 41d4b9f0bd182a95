import { GenericJsonHandler, type Limits } from 'hpx-transport-ws';
import { answerLikeAnExchange, FakeNetwork } from './virtual-time.js';

/** A handler of a server with limits. */
export class Limited extends GenericJsonHandler {
  override readonly limits: Limits;

  constructor(limits: Limits) {
    super();
    this.limits = limits;
  }

  override buildCancel(requestId: string | number): string {
    return JSON.stringify({ op: 'cancel', id: requestId });
  }
}

export const topics = (count: number) => Array.from({ length: count }, (_, n) => `t${n}`);

/** A network whose server answers, and what each of its sockets got: the operation and when. */
export function recorded() {
  const network = new FakeNetwork();
  answerLikeAnExchange(network);
  const answer = network.onFrame;
  const frames: { op: string; at: number; args?: unknown[]; n?: number }[] = [];
  network.onFrame = (socket, text) => {
    frames.push({ ...JSON.parse(text), at: network.clock.now() });
    answer?.(socket, text);
  };
  return { network, frames, ops: () => frames.map(({ op }) => op) };
}
