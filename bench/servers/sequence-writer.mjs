import { topicNames } from '../lib/update.mjs';
import { textFrame } from '../lib/websocket-frame.mjs';
import { END } from './block-writer.mjs';

const PER_BLOCK = 300;

/** Writes updates that are numbered per topic, as fast as a socket takes them, so that loss and disorder show. */
export class SequenceWriter {
  #socket;
  #protocol;

  constructor(socket, protocol) {
    this.#socket = socket;
    this.#protocol = protocol;
  }

  /**
   * @param {number} count - updates in all
   * @param {number} topics - over which they are spread, in turn
   */
  write(count, topics) {
    const names = topicNames(topics);
    let written = 0;
    const pump = () => {
      while (written < count) {
        const frames = [];
        for (let room = Math.min(PER_BLOCK, count - written); room > 0; room--, written++) {
          const data = { seq: Math.floor(written / topics) };
          frames.push(textFrame(this.#protocol.update(names[written % topics], data)));
        }
        if (!this.#socket.write(Buffer.concat(frames)) && written < count) {
          this.#socket.once('drain', pump);
          return;
        }
      }
      this.#socket.write(textFrame(this.#protocol.update(END, {})));
    };
    pump();
  }
}
