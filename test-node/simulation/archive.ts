import type { ReferenceServer } from 'hpx-transport-ws/testing';

export interface ArchivedUpdate {
  readonly topic: string;
  readonly sequence: number;
  readonly data: unknown;
}

/** All that a server has published, as one keeps it that goes on with sessions. */
export class Archive {
  readonly #updates = new Map<string, ArchivedUpdate[]>();
  /** The last number of each topic that no update has. */
  readonly #skipped = new Map<string, number>();

  constructor(server: ReferenceServer) {
    const { publish, skip } = server;
    server.publish = (topic, data) => {
      const sequence = publish.call(server, topic, data);
      const updates = this.#updates.get(topic) ?? [];
      updates.push({ topic, sequence, data });
      this.#updates.set(topic, updates);
      return sequence;
    };
    server.skip = (topic) => {
      skip.call(server, topic);
      this.#skipped.set(topic, (this.#updates.get(topic)?.at(-1)?.sequence ?? 0) + 1);
    };
  }

  /** What came after an update; nothing where that cannot be told, because numbers were skipped. */
  after(topic: string, last: number): readonly ArchivedUpdate[] | undefined {
    if ((this.#skipped.get(topic) ?? 0) > last) return undefined;
    return (this.#updates.get(topic) ?? []).filter(({ sequence }) => sequence > last);
  }
}
