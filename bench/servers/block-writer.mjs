import { topicNames, updateData } from '../lib/update.mjs';
import { FrameDeflater, textFrame } from '../lib/websocket-frame.mjs';

/** Updates in one read when the socket is always full, about 61 kB: what Node reads at once. */
export const PER_READ = 300;
/** Different frames, so that no engine sees the same text again and again. */
const FRAMES = 3_000;

/** The topic that says that all updates have been written. */
export const END = 'end';

/** Writes updates as fast as a socket takes them, or so slowly that the client reads each block alone. */
export class BlockWriter {
  #socket;
  #protocol;
  #isCompressed;
  /** What was built, by its form. */
  #blocks = new Map();
  #next = 0;

  constructor(socket, protocol, isCompressed) {
    this.#socket = socket;
    this.#protocol = protocol;
    this.#isCompressed = isCompressed;
  }

  /**
   * @param {number} count - a multiple of `perRead`
   * @param {number} perRead - updates in each block. Less than PER_READ: there is a pause after each block.
   * @param {number} topics - over which they are spread, in turn
   */
  write(count, perRead = PER_READ, topics = 100) {
    if (count % perRead !== 0) throw new RangeError(`${count} is no multiple of ${perRead}`);
    // Not before: a protocol may learn its topics' wire names from the subscriptions.
    const form = `${perRead} ${topics}`;
    if (!this.#blocks.has(form)) this.#blocks.set(form, this.#build(perRead, topics));
    const blocks = this.#blocks.get(form);
    if (perRead < PER_READ) this.#pace(blocks, count / perRead, pauseAfter(perRead));
    else this.#pump(blocks, count / perRead);
  }

  #pump(blocks, amount) {
    for (let left = amount; left > 0; left--) {
      if (!this.#writeNext(blocks) && left > 1) {
        this.#socket.once('drain', () => this.#pump(blocks, left - 1));
        return;
      }
    }
    this.#end();
  }

  /** No timer of Node is this short. */
  #pace(blocks, amount, pause) {
    let left = amount;
    let due = 0;
    const turn = () => {
      if (left === 0) return this.#end();
      setImmediate(turn);
      if (performance.now() < due) return;
      this.#writeNext(blocks);
      left--;
      // Not the time when it was due: a late block must not bring the next one closer.
      due = performance.now() + pause;
    };
    turn();
  }

  #writeNext(blocks) {
    return this.#socket.write(blocks[this.#next++ % blocks.length]);
  }

  #end() {
    this.#socket.write(textFrame(this.#protocol.update(END, {})));
  }

  #build(perRead, topics) {
    const names = topicNames(topics);
    return Array.from({ length: FRAMES / perRead }, (_, block) => {
      // Each block begins with an empty window: blocks are written again and again.
      const deflater = this.#isCompressed ? new FrameDeflater() : undefined;
      const frames = Array.from({ length: perRead }, (_, frame) => {
        const index = block * perRead + frame;
        const topic = names[index % names.length];
        const text = this.#protocol.update(topic, updateData(topic, 10_000 + index));
        return deflater ? deflater.frame(text) : textFrame(text);
      });
      return Buffer.concat(frames);
    });
  }
}

/** Milliseconds in which a client surely has handled so many updates. */
const pauseAfter = (updates) => 0.1 + updates * 0.01;
