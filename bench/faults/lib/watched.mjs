/** Something whose facts change, and who waits for one of them. */
export class Watched {
  /** @type {Set<() => void>} */
  #watchers = new Set();

  /** To be called after each change of a fact. */
  changed() {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /**
   * @param {() => boolean} isSo
   * @param {number} limit milliseconds
   * @returns {Promise<boolean>} whether it became so in time
   */
  until(isSo, limit) {
    if (isSo()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (/** @type {boolean} */ result) => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve(result);
      };
      const watcher = () => {
        if (isSo()) settle(true);
      };
      const timer = setTimeout(() => settle(isSo()), limit);
      this.#watchers.add(watcher);
    });
  }
}
