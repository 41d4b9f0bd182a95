import { GenericJsonHandler, type Limits } from 'hpx-transport-ws';

/** A handler of a server with limits. */
export class LimitedHandler extends GenericJsonHandler {
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
