import { topicNames, updateData } from '../lib/update.mjs';
import { textFrame } from '../lib/websocket-frame.mjs';

const INTERVAL = 5;

/** Writes updates at a rate, as an exchange does, until the socket closes. */
export class RateWriter {
  /**
   * @param {import('node:stream').Duplex} socket
   * @param {{ update(topic: string, data: object): string }} protocol
   */
  constructor(socket, protocol) {
    this.socket = socket;
    this.protocol = protocol;
  }

  /**
   * @param {number} rate - updates in a second
   * @param {number} topics
   */
  write(rate, topics) {
    const names = topicNames(topics);
    const frames = Array.from({ length: names.length * 20 }, (_, index) => {
      const topic = names[index % names.length];
      return textFrame(this.protocol.update(topic, updateData(topic, 10_000 + index)));
    });
    const start = performance.now();
    let written = 0;
    const timer = setInterval(() => {
      // A late timer writes more, so that every client gets the same number of updates.
      const due = Math.floor(((performance.now() - start) * rate) / 1_000);
      const batch = [];
      for (; written < due; written++) batch.push(frames[written % frames.length]);
      this.socket.write(Buffer.concat(batch));
    }, INTERVAL);
    this.socket.on('close', () => clearInterval(timer));
  }
}
