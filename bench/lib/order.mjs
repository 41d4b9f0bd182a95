/** Counts lost updates and updates out of order, by the number in each update of a topic. */
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
      // It was counted as lost when a later update came.
      this.lost--;
      return;
    }
    this.lost += sequence - expected;
    this.#next.set(topic, sequence + 1);
  }

  /** Also counts updates at the end that never came. */
  finish(total) {
    return { lost: Math.max(this.lost, total - this.received), disordered: this.disordered };
  }
}
