/** Counts what is lost and what comes out of order, by the number that each update of a topic carries. */
export class OrderCheck {
  received = 0;
  lost = 0;
  disordered = 0;
  #next = new Map();

  /**
   * @param {string} topic
   * @param {number} sequence
   */
  take(topic, sequence) {
    this.received++;
    const expected = this.#next.get(topic) ?? 0;
    if (sequence < expected) {
      this.disordered++;
      // It was counted as lost when a later one came.
      this.lost--;
      return;
    }
    this.lost += sequence - expected;
    this.#next.set(topic, sequence + 1);
  }

  /** Also what never came at the end. */
  finish(total) {
    return { lost: Math.max(this.lost, total - this.received), disordered: this.disordered };
  }
}
