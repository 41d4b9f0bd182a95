import { topicNames, updateData } from '../lib/update.mjs';
import { textFrame } from '../lib/websocket-frame.mjs';

/** Updates in one block, about 61 kB: what ws reads at once. */
export const PER_BLOCK = 300;
/** Different blocks, so that no engine sees the same text again and again. */
const BLOCKS = 10;

/** The topic that says that all updates have been written. */
export const END = 'end';

/** Writes updates as fast as a socket takes them. */
export class BlockWriter {
  #socket;
  #protocol;
  #blocks;
  #next = 0;
  #left = 0;

  constructor(socket, protocol) {
    this.#socket = socket;
    this.#protocol = protocol;
  }

  /** @param {number} count - a multiple of PER_BLOCK */
  write(count) {
    if (count % PER_BLOCK !== 0) throw new RangeError(`${count} is no multiple of ${PER_BLOCK}`);
    // Not before: a protocol may learn its topics' wire names from the subscriptions.
    this.#blocks ??= buildBlocks(this.#protocol);
    this.#left += count / PER_BLOCK;
    this.#pump();
  }

  #pump() {
    while (this.#left > 0) {
      this.#left--;
      const block = this.#blocks[this.#next++ % BLOCKS];
      if (!this.#socket.write(block) && this.#left > 0) {
        this.#socket.once('drain', () => this.#pump());
        return;
      }
    }
    this.#socket.write(textFrame(this.#protocol.update(END, {})));
  }
}

function buildBlocks(protocol) {
  const topics = topicNames();
  return Array.from({ length: BLOCKS }, (_, block) => {
    const frames = Array.from({ length: PER_BLOCK }, (_, index) => {
      const topic = topics[index % topics.length];
      return textFrame(protocol.update(topic, updateData(topic, 10_000 + block * PER_BLOCK + index)));
    });
    return Buffer.concat(frames);
  });
}
